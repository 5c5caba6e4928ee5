/** How fast documents become searchable. */
import { readCorpus } from '../corpus/wordnet-corpus.ts';
import { makeBodies, type Body } from '../corpus/bodies.ts';
import type { BenchContext } from '../context.ts';
import type { Findings } from '../report/report.ts';
import type { Table } from '../report/table.ts';
import { BenchClient } from '../service/bench-client.ts';
import { cpuSince, generator, others, readCpuTimes, serviceOnly, type CpuTimes } from '../service/cpu-time.ts';
import { createIndex, loadIndex, type LoadTimes } from '../service/load-index.ts';
import { withCluster } from '../service/with-cluster.ts';

export interface LoadOptions {
  /** Numbers of leaves, each measured with a service of its own. */
  readonly leaves: readonly number[];
  readonly shards: number;
  readonly rounds: number;
}

const bodyBytes = 1_000_000;
const concurrency = 4;

interface Run {
  readonly leaves: number;
  readonly times: LoadTimes;
  readonly cpu: CpuTimes;
}

export async function benchLoad(context: BenchContext, options: LoadOptions): Promise<Findings> {
  const bodies = makeBodies(await readCorpus(context.documents), bodyBytes);
  const runs: Run[] = [];
  const profiles: Table[] = [];
  for (let round = 1; round <= options.rounds; round++) {
    for (const leaves of options.leaves) {
      context.progress(`load, round ${round} of ${options.rounds}: starting a service, leaves ${leaves}`);
      const measured = await measureOnce(context, { leaves, shards: options.shards, bodies });
      runs.push(measured.result);
      profiles.push(...measured.profiles);
    }
  }
  const { documents, sizeBytes } = runs[0]!.times;
  return {
    parameters: { documents, 'MB sent': sizeBytes / 1e6, shards: options.shards, 'requests in flight': concurrency },
    tables: [speedTable(runs), cpuTable(runs), ...profiles],
    notes: [
      'Each row is a new service with an empty data folder on this machine, which also runs the load generator: they share the cores.',
      'The bodies of about 1 MB were made before the clock started; it ran from the first byte sent until a search counted every document.',
      'CPU seconds are those of the whole process, its worker threads included, from the first byte sent until all was searchable; `others` is what the rest of the machine used, which should be next to nothing.',
    ],
  };
}

async function measureOnce(
  context: BenchContext,
  { leaves, shards, bodies }: { leaves: number; shards: number; bodies: readonly Body[] },
) {
  const { clock, profile, progress } = context;
  return await withCluster({ leaves, profile }, async (cluster, begin): Promise<Run> => {
    const client = new BenchClient(cluster.url, concurrency);
    try {
      await createIndex(client, { name: 'wordnet', shards });
      begin();
      const before = readCpuTimes(cluster);
      const onProgress = (documents: number): void => {
        progress(`load, leaves ${leaves}: ${documents.toLocaleString('en-US')} documents durable`);
      };
      const times = await loadIndex({ client, index: 'wordnet', bodies, concurrency, clock, onProgress });
      return { leaves, times, cpu: cpuSince(before, readCpuTimes(cluster)) };
    } finally {
      await client.close();
    }
  });
}

function speedTable(runs: readonly Run[]): Table {
  return {
    title: 'Time until all documents are searchable',
    columns: ['leaves', 'durable s', 'searchable s', 'documents/s', 'MB/s'],
    rows: runs.map(({ leaves, times }) => {
      const seconds = times.searchableMs / 1000;
      const { documents, sizeBytes, acknowledgedMs } = times;
      return [leaves, acknowledgedMs / 1000, seconds, documents / seconds, sizeBytes / 1e6 / seconds];
    }),
  };
}

function cpuTable(runs: readonly Run[]): Table {
  const names = [...new Set(runs.flatMap(({ cpu }) => Object.keys(serviceOnly(cpu))))].sort();
  const columns = [...names, generator, others];
  return {
    title: 'CPU seconds of each process meanwhile',
    columns: ['leaves', ...columns, 'cores busy'],
    rows: runs.map(({ leaves, cpu, times }) => {
      const spent = columns.map((name) => (cpu[name] === undefined ? '-' : cpu[name] / 1000));
      const sumMs = Object.values(cpu).reduce((sum, ms) => sum + ms, 0);
      return [leaves, ...spent, sumMs / times.searchableMs];
    }),
  };
}
