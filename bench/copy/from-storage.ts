/** How fast a leaf that has lost its disk gets its segments from object storage. Touches the world: processes, files. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startCluster } from '../../tests/cluster/start.ts';
import type { BenchContext } from '../context.ts';
import { BenchClient } from '../service/bench-client.ts';
import { loadBytes } from './load-bytes.ts';
import { toldCopies, type Copied } from './told-copies.ts';

export interface StoragePlace {
  /** As --snapshots takes it; FOLDER stands for one that is made. */
  readonly place: string;
  readonly environment: Readonly<Record<string, string>>;
}

export interface CopiedFromStorage extends Copied {
  /** Until the store had all of it, from when all was searchable. */
  readonly storeMs: number;
}

interface ToldReplicas {
  readonly indexes: readonly {
    readonly shards: number;
    readonly replicasReported: readonly { readonly offset: number; readonly stored?: number }[];
  }[];
}

const waitMs = 50;

export async function measureFromStorage(
  context: BenchContext,
  shards: number,
  { place, environment }: StoragePlace,
): Promise<CopiedFromStorage> {
  const { progress, clock } = context;
  const folder = mkdtempSync(join(tmpdir(), 'sheaf-bench-storage-'));
  const data = join(folder, 'data');
  const at = place.replace('FOLDER', join(folder, 'storage'));
  // Nothing is slowed down but by the machine.
  const pace = ['--snapshot-ms', '200', '--snapshot-bytes-per-second', '107374182400'];
  const start = async () =>
    await startCluster({ leaves: 1, data, args: ['--snapshots', at, ...pace], env: environment });
  let cluster = await start();
  try {
    const client = new BenchClient(cluster.url, 1);
    await loadBytes(client, context, shards);
    progress('copy: bringing it into object storage');
    const loadedAt = clock.now();
    while (!(await isStored(client))) await sleep(waitMs);
    const storeMs = clock.now() - loadedAt;
    await client.close();
    await cluster.stop();
    rmSync(join(data, 'leaf-0'), { recursive: true });
    progress('copy: starting a leaf without a disk');
    cluster = await start();
    const path = join(data, 'telemetry', 'leaf-0.ndjson');
    for (;;) {
      const copied = toldCopies(path, 'a replica was fetched from storage', shards);
      if (copied !== null) return { ...copied, storeMs };
      await sleep(waitMs);
    }
  } finally {
    await cluster.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function isStored(client: BenchClient): Promise<boolean> {
  const { indexes } = JSON.parse(await client.ask('GET', '/v1/cluster')) as ToldReplicas;
  return indexes.every(({ shards, replicasReported }) => {
    const stored = replicasReported.filter((replica) => replica.stored === replica.offset);
    return stored.length === shards;
  });
}
