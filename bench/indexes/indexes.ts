/** What many small indexes cost: creating one where there are many already, having them while nothing is asked, and starting a leaf that has them. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Cluster } from '../../tests/cluster/start.ts';
import { must } from '../../tests/service/client.ts';
import type { BenchContext } from '../context.ts';
import type { Findings } from '../report/report.ts';
import type { Table } from '../report/table.ts';
import { cpuSince, others, readCpuTimes, sumOf, type CpuTimes } from '../service/cpu-time.ts';
import { readResidentBytes } from '../service/resident-memory.ts';
import { withCluster } from '../service/with-cluster.ts';
import { measureRestart, type Restart } from './restart.ts';

export interface IndexesOptions {
  readonly leaves: number;
  /** Indexes of one shard and one replica. */
  readonly count: number;
  /** How many are created at a time. */
  readonly clients: number;
  /** How long it is looked at the idle service. */
  readonly idleSeconds: number;
}

/** Creations over which CPU is counted: the kernel counts in ticks of 10 ms. */
const windowCount = 100;
/** After the last creation everything is on disk and merged by then. */
const settleMs = 25_000;

interface Window {
  /** Indexes that there were at its end. */
  readonly indexes: number;
  readonly wallMs: number;
  readonly cpu: CpuTimes;
}

interface Idle {
  readonly cpu: CpuTimes;
  readonly wallMs: number;
  readonly clusterPageMs: number;
  readonly clusterPageBytes: number;
}

export async function benchIndexes(context: BenchContext, options: IndexesOptions): Promise<Findings> {
  const { leaves, count, clients } = options;
  const { result, profiles } = await withCluster({ leaves, profile: context.profile }, async (cluster, begin) => {
    await createMany(cluster, { from: 0, until: windowCount, clients });
    context.progress('indexes: idle with a hundred');
    await sleep(settleMs);
    const few = await measureIdle(context, cluster, options.idleSeconds);
    const before = readResidentBytes(cluster);
    const startedAt = context.clock.now();
    const windows: Window[] = [];
    begin();
    let there = windowCount;
    for (const end of windowEnds(count)) {
      context.progress(`indexes: ${there} of ${count}`);
      await createMany(cluster, { from: there, until: end - windowCount, clients });
      windows.push(await measureWindow(context, cluster, { from: end - windowCount, until: end, clients }));
      there = end;
    }
    const tookMs = context.clock.now() - startedAt;
    context.progress('indexes: idle');
    await sleep(settleMs);
    const idle = await measureIdle(context, cluster, options.idleSeconds);
    context.progress('indexes: restart');
    const restarts = [await measureRestart(context, cluster, 'nothing')];
    await writeEach(cluster, { from: 0, until: count, clients });
    await sleep(settleMs);
    restarts.push(await measureRestart(context, cluster, 'one document'));
    return { restarts, windows, few, idle, tookMs, before, after: readResidentBytes(cluster) };
  });
  const { restarts, windows, few, idle, tookMs, before, after } = result;
  return {
    parameters: { indexes: count, leaves, clients, 'idle seconds': options.idleSeconds },
    tables: [
      creationTable(windows),
      restartTable(restarts),
      idleTable(few, idle, { before, after, added: count - windowCount }),
      {
        title: 'All of it',
        columns: ['indexes created', 'seconds', 'cluster page ms', 'cluster page MB'],
        rows: [[count - windowCount, tookMs / 1000, idle.clusterPageMs, idle.clusterPageBytes / 1e6]],
      },
      ...profiles,
    ],
    notes: [
      `CPU is that of whole processes, over ${windowCount} creations: what a process does beside them counts as theirs.`,
      'Memory is that of the process at the end less that with a hundred indexes; of a leaf by the replicas it holds, else by index.',
    ],
  };
}

/** Powers of two of the window, and all. */
function windowEnds(count: number): number[] {
  const ends: number[] = [];
  for (let end = 2 * windowCount; end < count; end *= 2) ends.push(end);
  return [...ends, count];
}

interface Batch {
  readonly from: number;
  readonly until: number;
  readonly clients: number;
}

async function createMany(cluster: Cluster, { from, until, clients }: Batch): Promise<void> {
  let next = from;
  const create = async (): Promise<void> => {
    while (next < until) {
      const body = { shards: 1, replicas: 1, schema: { fields: { title: { kind: 'text' }, id: { kind: 'keyword' } } } };
      await must('PUT', `${cluster.url}/v1/indexes/index-${next++}`, body);
    }
  };
  await Promise.all(Array.from({ length: clients }, create));
}

/** A document into each index. */
async function writeEach(cluster: Cluster, { from, until, clients }: Batch): Promise<void> {
  let next = from;
  const write = async (): Promise<void> => {
    while (next < until) {
      const body = { title: 'a document', id: String(next) };
      await must('PUT', `${cluster.url}/v1/indexes/index-${next++}/documents/a`, body);
    }
  };
  await Promise.all(Array.from({ length: clients }, write));
}

function restartTable(restarts: readonly Restart[]): Table {
  return {
    title: 'Start of a leaf that was killed, until it is ready',
    columns: ['each shard holds', 'shards', 'seconds', 'its CPU, seconds', 'others, cores'],
    rows: restarts.map(({ what, shards, readyMs, cpuMs, othersMs }) => {
      return [what, shards, readyMs / 1000, cpuMs / 1000, othersMs / readyMs];
    }),
  };
}

async function measureWindow({ clock }: BenchContext, cluster: Cluster, batch: Batch): Promise<Window> {
  const before = readCpuTimes(cluster);
  const startedAt = clock.now();
  await createMany(cluster, batch);
  return { indexes: batch.until, wallMs: clock.now() - startedAt, cpu: cpuSince(before, readCpuTimes(cluster)) };
}

async function measureIdle({ clock }: BenchContext, cluster: Cluster, seconds: number): Promise<Idle> {
  const before = readCpuTimes(cluster);
  const startedAt = clock.now();
  await sleep(seconds * 1000);
  const cpu = cpuSince(before, readCpuTimes(cluster));
  const wallMs = clock.now() - startedAt;
  const askedAt = clock.now();
  const page = await (await fetch(`${cluster.url}/v1/cluster`)).arrayBuffer();
  return { cpu, wallMs, clusterPageMs: clock.now() - askedAt, clusterPageBytes: page.byteLength };
}

function creationTable(windows: readonly Window[]): Table {
  return {
    title: 'CPU of one creation, by the indexes that there are',
    columns: ['indexes', 'root ms', 'leaves ms', 'log ms', 'wall ms', 'others, cores'],
    rows: windows.map(({ indexes, wallMs, cpu }) => {
      const each = (prefix: string): number => sumOf(cpu, prefix) / windowCount;
      return [indexes, each('root'), each('leaf'), each('log'), wallMs / windowCount, (cpu[others] ?? 0) / wallMs];
    }),
  };
}

interface Memory {
  readonly before: Readonly<Record<string, number>>;
  readonly after: Readonly<Record<string, number>>;
  readonly added: number;
}

function idleTable(few: Idle, many: Idle, { before, after, added }: Memory): Table {
  const names = Object.keys(after).sort();
  const leaves = names.filter((name) => name.startsWith('leaf')).length;
  return {
    title: `Idle, with ${windowCount} and with all of them`,
    columns: ['process', `CPU with ${windowCount}, % of a core`, 'with all', 'resident MB', 'kB an index'],
    rows: names.map((name) => {
      const bytes = after[name]!;
      const held = name.startsWith('leaf') ? added / leaves : added;
      const share = ({ cpu, wallMs }: Idle): number => (100 * (cpu[name] ?? 0)) / wallMs;
      return [name, share(few), share(many), bytes / 1e6, (bytes - (before[name] ?? 0)) / 1000 / held];
    }),
  };
}
