/** The service of a checkout, to be measured beside that of another one. Touches the world: processes, sockets, files. */
import { join } from 'node:path';
import type { Synset } from '../../command/demo/wordnet.ts';
import { startCluster, type Cluster } from '../../tests/cluster/start.ts';
import type { BenchContext } from '../context.ts';
import { runClosedLoop } from '../search/closed-loop.ts';
import type { BenchQuery } from '../search/queries.ts';
import { BenchClient } from '../service/bench-client.ts';
import { prepareIndexes } from '../service/prepare-indexes.ts';
import type { Side } from './side.ts';
import { threadTimeUs } from './thread-time.ts';

/** What is asked at a time, of one index. */
export interface ServiceClass {
  readonly name: string;
  readonly index: string;
  readonly clients: number;
  readonly queries: readonly BenchQuery[];
}

export interface ServiceSetting {
  readonly corpus: readonly Synset[];
  readonly leaves: number;
  /** Numbers of shards, an index each. */
  readonly shards: readonly number[];
  readonly classes: readonly ServiceClass[];
  /** How often all classes are asked before any is measured. */
  readonly warmUpRounds: number;
  /** Folder of the service of a checkout, filled once and opened again at each start. */
  readonly folderOf: (checkout: string) => string;
}

export function indexOf(shards: number): string {
  return `wordnet-${shards}`;
}

/** Fills the indexes of one checkout's service and leaves them in its folder, at rest. */
export async function fillService(context: BenchContext, setting: ServiceSetting, checkout: string): Promise<void> {
  const cluster = await start(setting, checkout);
  try {
    const indexes = setting.shards.map((shards) => ({ name: indexOf(shards), shards }));
    await prepareIndexes(context, { cluster, corpus: setting.corpus, indexes });
  } finally {
    await cluster.stop();
  }
}

/** Starts the service of a checkout in its folder, and asks all classes until V8 has compiled what it will. */
export async function startService({ clock }: BenchContext, setting: ServiceSetting, checkout: string): Promise<Side> {
  const cluster = await start(setting, checkout);
  const ask = async ({ index, clients: count, queries }: ServiceClass): Promise<void> => {
    const clients = Array.from({ length: count }, () => new BenchClient(cluster.url));
    try {
      await runClosedLoop({ clients, index, queries, clock });
    } finally {
      await Promise.all(clients.map((client) => client.close()));
    }
  };
  const byName = new Map(setting.classes.map((each) => [each.name, each]));
  try {
    for (let round = 0; round < setting.warmUpRounds; round++) for (const each of setting.classes) await ask(each);
  } catch (error) {
    await cluster.stop();
    throw error;
  }
  return {
    classes: [...byName.keys()],
    measure: async (name) => {
      const asked = byName.get(name)!;
      const before = spentUs(cluster);
      await ask(asked);
      return (spentUs(cluster) - before) / asked.queries.length;
    },
    stop: () => cluster.stop(),
  };
}

function start({ leaves, folderOf }: ServiceSetting, checkout: string): Promise<Cluster> {
  return startCluster({ leaves, data: folderOf(checkout), script: join(checkout, 'sheaf.ts') });
}

function spentUs(cluster: Cluster): number {
  return Object.values(cluster.pids()).reduce((sum, pid) => sum + threadTimeUs(pid), 0);
}
