/** `sheaf index`: the indexes, or one of them: shown, created or deleted. */
import type { IndexConfig } from '../../shared/config/read.ts';
import { RootClient } from '../client/client.ts';
import { textTable } from '../cluster/table.ts';
import { CommandFailure } from '../failure.ts';
import { readSchemaFile } from '../load/plan-load.ts';

interface IndexAnswer {
  readonly name: string;
  readonly kind: string;
  readonly shards: number;
  readonly replicas: number;
}

/** @param name empty: all of them @returns exit code 0 */
export async function index(config: IndexConfig, name: string, say: (line: string) => void): Promise<number> {
  if (name === '' && (config.schema !== undefined || config.delete)) throw new CommandFailure('name the index');
  if (config.schema !== undefined && config.delete)
    throw new CommandFailure('--schema and --delete exclude each other');
  const client = new RootClient(config.url);
  try {
    if (name === '') await list(client, config, say);
    else await one(client, config, name, say);
    return 0;
  } finally {
    await client.close();
  }
}

async function list(client: RootClient, config: IndexConfig, say: (line: string) => void): Promise<void> {
  const answer = (await client.ask({ method: 'GET', path: '/v1/indexes' })) as {
    readonly indexes: readonly IndexAnswer[];
  };
  if (config.json) return say(JSON.stringify(answer, null, 2));
  const rows = answer.indexes.map(({ name, kind, shards, replicas }) => [name, kind, shards, replicas]);
  for (const line of textTable([['index', 'kind', 'shards', 'replicas'], ...rows])) say(line);
}

async function one(client: RootClient, config: IndexConfig, name: string, say: (line: string) => void): Promise<void> {
  const path = `/v1/indexes/${encodeURIComponent(name)}`;
  if (config.delete) {
    await client.ask({ method: 'DELETE', path });
    return say(`deleted ${name}`);
  }
  if (config.schema === undefined) return say(JSON.stringify(await client.ask({ method: 'GET', path }), null, 2));
  const { shards, replicas } = config;
  const body = JSON.stringify({ schema: readSchemaFile(config.schema), shards, replicas });
  say(JSON.stringify(await client.ask({ method: 'PUT', path, body }), null, 2));
}
