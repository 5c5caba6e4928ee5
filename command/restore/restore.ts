/** `sheaf restore`: lists what object storage has, or restores an index or all, and waits for the shards. Touches the world: sockets, time. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { RestoreConfig } from '../../shared/config/read.ts';
import { AnswerError } from '../client/answer-error.ts';
import { RootClient } from '../client/client.ts';
import { textTable } from '../cluster/table.ts';
import { CommandFailure } from '../failure.ts';

interface Stored {
  readonly index: string;
  readonly id: string;
  readonly kind: string;
  /** Of each shard the offset up to which it is stored, −1 where nothing of it is. */
  readonly shards: readonly number[];
  /** Shards that had something and cannot be restored. */
  readonly faults: readonly {
    readonly shard: number;
    readonly code: string;
    readonly reason: string;
    readonly fix: string;
  }[];
  readonly documents: number;
  readonly storedAt: string | null;
  readonly bytes: number;
  readonly uneven: { readonly after: number; readonly upTo: number } | null;
}

interface Place {
  readonly place: string;
}

interface Restorable {
  readonly from: Place;
  readonly indexes: readonly Stored[];
  readonly templates: readonly string[];
}

interface Restored extends Stored {
  readonly from: Place & { readonly index: string };
  readonly aliases: readonly string[];
}

interface ClusterAnswer {
  readonly indexes: readonly {
    readonly id: string;
    readonly replicasReported: readonly { readonly shard: number; readonly state: string }[];
  }[];
}

const watchMs = 300;
/** So long no more shards may come before it is said that they do not. */
const stillMsMax = 120_000;

/** @param index nothing: lists what there is, or with `--all` restores it. @returns exit code 0, or 1 where some of what is listed cannot be restored */
export async function restore(config: RestoreConfig, index: string, say: (line: string) => void): Promise<number> {
  const { all, as, at, json } = config;
  if (all && (index !== '' || as !== undefined)) throw new CommandFailure('--all takes no index, and no --as');
  const without = shardsOf(config.without);
  if (without.length > 0 && index === '') throw new CommandFailure('--without is of one index: name it');
  const client = new RootClient(config.url);
  try {
    if (index === '' && !all) {
      const found = await list(client, at);
      if (json) say(JSON.stringify(found, null, 2));
      else for (const line of restorableLines(found)) say(line);
      return found.indexes.some(({ faults }) => faults.length > 0) ? 1 : 0;
    }
    const tell = json ? (): void => undefined : say;
    const { restored, failed } = all
      ? await restoreAll(client, at, tell)
      : { restored: [await restoreOne(client, { index, as, at, without }, tell)], failed: [] };
    await watch(client, restored, tell);
    if (json) say(JSON.stringify(restored, null, 2));
    if (failed.length > 0) throw new CommandFailure(`not restored: ${failed.join(', ')}`);
    return 0;
  } finally {
    await client.close();
  }
}

async function list(client: RootClient, at: string | undefined): Promise<Restorable> {
  const query = at === undefined ? '' : `?at=${encodeURIComponent(at)}`;
  return (await client.ask({ method: 'GET', path: `/v1/restores${query}` })) as Restorable;
}

async function restoreOne(
  client: RootClient,
  ask: {
    readonly index: string;
    readonly as?: string | undefined;
    readonly at: string | undefined;
    readonly without?: readonly number[];
  },
  say: (line: string) => void,
): Promise<Restored> {
  const restored = (await client.ask({ method: 'POST', path: '/v1/restores', body: JSON.stringify(ask) })) as Restored;
  for (const line of restoredLines(restored)) say(line);
  return restored;
}

/** What is there already stays as it is, and an index that cannot be restored keeps no other one back: it is named. */
async function restoreAll(
  client: RootClient,
  at: string | undefined,
  say: (line: string) => void,
): Promise<{ readonly restored: readonly Restored[]; readonly failed: readonly string[] }> {
  const { indexes, templates } = await list(client, at);
  for (const template of templates) {
    await client.ask({ method: 'POST', path: '/v1/restores', body: JSON.stringify({ template, at }) });
    say(`the template ${template} is back`);
  }
  const restored: Restored[] = [];
  const failed: string[] = [];
  for (const { index } of indexes) {
    try {
      restored.push(await restoreOne(client, { index, at }, say));
    } catch (error) {
      if (!(error instanceof AnswerError)) throw error;
      if (error.code === 'NAME_TAKEN') say(`${index} is left out: an index or an alias has this name already`);
      else {
        failed.push(index);
        say(`${index} is not restored: ${error.message}`);
      }
    }
  }
  return { restored, failed };
}

/** @throws CommandFailure */
function shardsOf(text: string | undefined): number[] {
  if (text === undefined) return [];
  if (!/^\d{1,6}(?:,\d{1,6})*$/.test(text)) throw new CommandFailure('--without takes numbers of shards, as in 0,3');
  return text.split(',').map(Number);
}

async function watch(client: RootClient, restored: readonly Restored[], say: (line: string) => void): Promise<void> {
  const count = restored.reduce((sum, { shards }) => sum + shards.length, 0);
  const ids = new Set(restored.map(({ id }) => id));
  let told = -1;
  for (let stillMs = 0; stillMs < stillMsMax; stillMs += watchMs) {
    const ready = readyShards((await client.ask({ method: 'GET', path: '/v1/cluster' })) as ClusterAnswer, ids);
    if (ready !== told) {
      say(`${ready} of ${count} shards answer`);
      stillMs = 0;
    }
    if (ready === count) return;
    told = ready;
    await sleep(watchMs);
  }
  throw new CommandFailure('its shards do not come: the leaves say why in what they write of themselves');
}

function readyShards({ indexes }: ClusterAnswer, ids: ReadonlySet<string>): number {
  return indexes
    .filter(({ id }) => ids.has(id))
    .reduce((sum, { replicasReported }) => {
      const ready = replicasReported.filter(({ state }) => state === 'ready');
      return sum + new Set(ready.map(({ shard }) => shard)).size;
    }, 0);
}

/** Pure. */
export function restoredLines({ index, from, shards, uneven, aliases, documents, bytes }: Restored): string[] {
  const empty = shards.flatMap((offset, shard) => (offset < 0 ? [shard] : []));
  const size = bytes.toLocaleString('en-US');
  const lines = [
    `${index} is back from ${from.place}, as ${from.index} was up to ${shards.join(' ')}: ${documents} documents, ${size} bytes`,
  ];
  if (empty.length > 0 && empty.length < shards.length)
    lines.push(`  empty, as nothing of them was restored: shards ${empty.join(', ')}`);
  if (aliases.length > 0) lines.push(`  in ${aliases.join(', ')} again`);
  if (uneven !== null) {
    lines.push(
      `  Its shards do not go equally far: what was written after ${uneven.after} up to ${uneven.upTo} is found by some of its terms only.`,
    );
  }
  return lines;
}

/** Pure. */
export function restorableLines({ from, indexes, templates }: Restorable): string[] {
  const rows = indexes.map(({ index, kind, shards, documents, storedAt, bytes }) => {
    const stored = shards.filter((offset) => offset >= 0).length;
    return [index, kind, `${stored} of ${shards.length}`, Math.max(...shards), documents, storedAt ?? '', bytes];
  });
  const lines = [
    from.place,
    ...textTable([['index', 'kind', 'shards stored', 'up to', 'documents', 'stored at', 'bytes'], ...rows]),
  ];
  const faults = indexes.flatMap(({ index, faults: all }) =>
    all.map(({ shard, code, reason }) => `${index}, shard ${shard} cannot be restored: ${code}: ${reason}`),
  );
  const fixes = new Set(indexes.flatMap(({ faults: all }) => all.map(({ fix }) => fix)));
  return [...lines, ...(templates.length === 0 ? [] : [`templates: ${templates.join(', ')}`]), ...faults, ...fixes];
}
