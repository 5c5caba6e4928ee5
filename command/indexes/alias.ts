/** `sheaf alias`: the aliases, or one of them: shown, given an index, or without one. */
import type { AliasConfig } from '../../shared/config/read.ts';
import { RootClient } from '../client/client.ts';
import { textTable } from '../cluster/table.ts';
import { CommandFailure } from '../failure.ts';

interface AliasAnswer {
  readonly alias: string;
  readonly indexes: readonly { readonly index: string; readonly filter?: unknown; readonly write?: boolean }[];
}

/** @param name empty: all of them @param index empty: the alias is shown @returns exit code 0 */
export async function alias(
  config: AliasConfig,
  name: string,
  index: string,
  say: (line: string) => void,
): Promise<number> {
  const { insteadOf, filter, write, remove } = config;
  const changes = write || remove || insteadOf !== undefined || filter !== undefined;
  if (index === '' && changes) throw new CommandFailure('name the alias and the index');
  if (config.dryRun) throw new CommandFailure('--dry-run is of a rollover only');
  if (remove && (write || insteadOf !== undefined || filter !== undefined)) {
    throw new CommandFailure('--remove excludes --write, --filter and --instead-of');
  }
  const client = new RootClient(config.url);
  try {
    if (index !== '') await change(client, config, name, index);
    const aliases = await read(client, name, remove);
    if (config.json) say(JSON.stringify(aliases, null, 2));
    else for (const line of textTable([['alias', 'index', 'write', 'filter'], ...aliases.flatMap(rowsOf)])) say(line);
    return 0;
  } finally {
    await client.close();
  }
}

async function change(client: RootClient, config: AliasConfig, name: string, index: string): Promise<void> {
  const { insteadOf, write, remove } = config;
  const named = { alias: name, index };
  const filter = config.filter === undefined ? {} : { filter: readFilter(config.filter) };
  const action = remove ? { remove: named } : { add: { ...named, write, ...filter } };
  const before = insteadOf === undefined ? [] : [{ remove: { alias: name, index: insteadOf } }];
  const body = JSON.stringify({ actions: [...before, action] });
  await client.ask({ method: 'POST', path: '/v1/aliases', body });
}

async function read(client: RootClient, name: string, mayBeGone: boolean): Promise<readonly AliasAnswer[]> {
  if (name !== '' && !mayBeGone) {
    return [(await client.ask({ method: 'GET', path: `/v1/aliases/${encodeURIComponent(name)}` })) as AliasAnswer];
  }
  const all = (await client.ask({ method: 'GET', path: '/v1/aliases' })) as { readonly aliases: AliasAnswer[] };
  return name === '' ? all.aliases : all.aliases.filter(({ alias: other }) => other === name);
}

function rowsOf({ alias: name, indexes }: AliasAnswer): string[][] {
  return indexes.map(({ index, write = false, filter }) => {
    return [name, index, write ? 'write' : '', filter === undefined ? '' : JSON.stringify(filter)];
  });
}

function readFilter(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new CommandFailure('--filter is a query as JSON, as in \'{"term":{"year":1960}}\'');
  }
}
