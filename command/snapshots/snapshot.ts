/** `sheaf snapshot`: keeps the state of all indexes in object storage and waits until it is kept, or lets one go. Touches the world: sockets, time. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { SnapshotConfig, SnapshotsConfig } from '../../shared/config/read.ts';
import { RootClient } from '../client/client.ts';
import { textTable } from '../cluster/table.ts';
import { CommandFailure } from '../failure.ts';

interface Snapshot {
  readonly name: string;
  readonly state: string;
  readonly createdAt: string;
  readonly shards: { readonly all: number; readonly kept: number };
  readonly documents: number;
  readonly bytes: number;
  readonly error?: { readonly code: string; readonly detail?: unknown };
  readonly indexes?: readonly {
    readonly name: string;
    readonly documents: number;
    readonly offsets: readonly number[];
  }[];
}

const watchMs = 300;

/** @param given nothing: a name by the time of day. @param now milliseconds since 1970. @returns exit code 0 */
export async function snapshot(
  config: SnapshotConfig,
  given: string,
  now: number,
  say: (line: string) => void,
): Promise<number> {
  if (config.delete && given === '') throw new CommandFailure('name the snapshot: sheaf snapshot NAME --delete');
  const name = given === '' ? nameAt(now) : given;
  const client = new RootClient(config.url);
  const path = `/v1/snapshots/${encodeURIComponent(name)}`;
  try {
    if (config.delete) {
      const answer = await client.ask({ method: 'DELETE', path });
      say(config.json ? JSON.stringify(answer, null, 2) : `deleted ${name}`);
      return 0;
    }
    const body = JSON.stringify({ name, ...(config.timeout === undefined ? {} : { timeout: config.timeout }) });
    await client.ask({ method: 'POST', path: '/v1/snapshots', body });
    const made = await watch(client, path, config.json ? () => undefined : say);
    if (config.json) say(JSON.stringify(made, null, 2));
    else tellWhole(made, say);
    if (made.state === 'whole') return 0;
    throw new CommandFailure(`${name} was not made: ${made.error?.code ?? ''} ${JSON.stringify(made.error?.detail)}`);
  } finally {
    await client.close();
  }
}

/** `sheaf snapshots`: all of them, or one with its indexes. @returns exit code 0 */
export async function snapshots(config: SnapshotsConfig, name: string, say: (line: string) => void): Promise<number> {
  const client = new RootClient(config.url);
  try {
    const path = `/v1/snapshots${name === '' ? '' : `/${encodeURIComponent(name)}`}`;
    const answer = (await client.ask({ method: 'GET', path })) as Snapshot | { readonly snapshots: Snapshot[] };
    if (config.json) say(JSON.stringify(answer, null, 2));
    else if ('snapshots' in answer) for (const line of describe(answer.snapshots)) say(line);
    else {
      for (const line of describe([answer])) say(line);
      tellIndexes(answer, say);
    }
    return 0;
  } finally {
    await client.close();
  }
}

async function watch(client: RootClient, path: string, say: (line: string) => void): Promise<Snapshot> {
  let told = '';
  for (;;) {
    const now = (await client.ask({ method: 'GET', path })) as Snapshot;
    if (now.state !== 'making') return now;
    const line = `${now.shards.kept} of ${now.shards.all} shards are kept`;
    if (line !== told && now.shards.all > 0) say(line);
    told = line;
    await sleep(watchMs);
  }
}

function tellWhole(made: Snapshot, say: (line: string) => void): void {
  if (made.state !== 'whole') return;
  say(
    `${made.name} is kept: ${made.documents.toLocaleString('en-US')} documents in ${made.shards.kept} shards, ${made.bytes.toLocaleString('en-US')} bytes`,
  );
  tellIndexes(made, say);
}

function tellIndexes({ indexes = [] }: Snapshot, say: (line: string) => void): void {
  for (const { name, documents, offsets } of indexes)
    say(`  ${name}: ${documents} documents, up to ${offsets.join(' ')}`);
}

function describe(all: readonly Snapshot[]): string[] {
  if (all.length === 0) return ['no snapshots'];
  const rows = all.map(({ name, state, createdAt, shards, documents, bytes, error }) => {
    return [name, state, createdAt, `${shards.kept} of ${shards.all}`, documents, bytes, error?.code ?? ''];
  });
  return textTable([['snapshot', 'state', 'created', 'shards', 'documents', 'bytes', 'error'], ...rows]);
}

/** Such as 2026-01-31-235959, in UTC. */
function nameAt(now: number): string {
  const [day, time] = new Date(now).toISOString().split('T');
  return `${day}-${time!.slice(0, 8).replaceAll(':', '')}`;
}
