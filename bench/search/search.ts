/** How fast queries are answered, by kind of query and by how many ask at once. */
import { createRandom } from '../../shared/random/random.ts';
import type { Cluster } from '../../tests/cluster/start.ts';
import type { BenchContext } from '../context.ts';
import { createWordSource } from '../corpus/words.ts';
import { readCorpus } from '../corpus/wordnet-corpus.ts';
import { summarize } from '../report/percentiles.ts';
import type { Findings } from '../report/report.ts';
import type { Table } from '../report/table.ts';
import { BenchClient } from '../service/bench-client.ts';
import { cpuSince, generator, others, readCpuTimes, sumOf, type CpuTimes } from '../service/cpu-time.ts';
import { prepareIndexes } from '../service/prepare-indexes.ts';
import { withCluster } from '../service/with-cluster.ts';
import { runClosedLoop, type LoopResult } from './closed-loop.ts';
import { kindNames, makeQueries, type BenchQuery } from './queries.ts';

export interface SearchOptions {
  readonly leaves: number;
  readonly shards: number;
  /** Numbers of clients that ask at once; latency by kind is measured at the first. */
  readonly clients: readonly number[];
  readonly queriesOfEachKind: number;
}

interface Run extends LoopResult {
  readonly clients: number;
  readonly cpu: CpuTimes;
}

const index = 'wordnet';

export async function benchSearch(context: BenchContext, options: SearchOptions): Promise<Findings> {
  const corpus = await readCorpus(context.documents);
  const random = createRandom(context.seed);
  const words = createWordSource(
    corpus.map((synset) => synset.definition),
    random,
  );
  const queries = makeQueries(words, random, options.queriesOfEachKind);
  const warmUp = makeQueries(words, random, options.queriesOfEachKind);
  const { leaves } = options;
  const { result: runs, profiles } = await withCluster({ leaves, profile: context.profile }, async (cluster, begin) => {
    await prepareIndexes(context, { cluster, corpus, indexes: [{ name: index, shards: options.shards }] });
    const measured: Run[] = [];
    for (const clients of options.clients) {
      await runOnce(context, { cluster, clients, queries: warmUp, title: 'warming up' });
      if (measured.length === 0) begin();
      measured.push(await runOnce(context, { cluster, clients, queries, title: 'measuring' }));
    }
    return measured;
  });
  const { shards, queriesOfEachKind } = options;
  return {
    parameters: {
      documents: corpus.length,
      leaves,
      shards,
      'queries of each kind': queriesOfEachKind,
      seed: context.seed,
    },
    tables: [kindTable(queries, runs[0]!), mixTable(runs), cpuTable(runs), ...profiles],
    notes: [
      'The load generator runs on the same machine and shares its cores with the service; its CPU is in the table. `others` is what the rest of the machine used, in cores; it should be next to nothing.',
      'A latency is what the client sees: from the call until the whole answer, 10 hits with their documents by default, has been read.',
      'Closed loop: each client asks again when it has its answer, over a connection of its own; as many other queries were asked first, not counted.',
    ],
  };
}

interface RunOptions {
  readonly cluster: Cluster;
  readonly clients: number;
  readonly queries: readonly BenchQuery[];
  readonly title: string;
}

async function runOnce({ clock, progress }: BenchContext, options: RunOptions): Promise<Run> {
  const { cluster, queries, title } = options;
  const clients = Array.from({ length: options.clients }, () => new BenchClient(cluster.url));
  const onProgress = (answered: number): void => {
    progress(`search, clients ${clients.length}, ${title}: ${answered} of ${queries.length} queries`);
  };
  try {
    const before = readCpuTimes(cluster);
    const result = await runClosedLoop({ clients, index, queries, clock, onProgress });
    return { ...result, clients: clients.length, cpu: cpuSince(before, readCpuTimes(cluster)) };
  } finally {
    await Promise.all(clients.map((client) => client.close()));
  }
}

function kindTable(queries: readonly BenchQuery[], { latenciesMs, clients }: Run): Table {
  return {
    title: `Latency by kind of query, clients that ask at once: ${clients}`,
    columns: ['kind', 'p50 ms', 'p90 ms', 'p99 ms', 'max ms', 'mean ms'],
    rows: [...kindNames, undefined].map((kind) => {
      const ofKind = latenciesMs.filter((_, at) => kind === undefined || queries[at]!.kind === kind);
      const { p50, p90, p99, max, mean } = summarize(ofKind);
      return [kind ?? 'the mix', p50, p90, p99, max, mean];
    }),
  };
}

function mixTable(runs: readonly Run[]): Table {
  return {
    title: 'The mix, by clients that ask at once',
    columns: ['clients', 'queries/s', 'p50 ms', 'p99 ms', 'max ms'],
    rows: runs.map(({ clients, latenciesMs, elapsedMs }) => {
      const { count, p50, p99, max } = summarize(latenciesMs);
      return [clients, (count / elapsedMs) * 1000, p50, p99, max];
    }),
  };
}

function cpuTable(runs: readonly Run[]): Table {
  return {
    title: 'CPU of a query of the mix',
    columns: ['clients', 'root µs', 'leaves µs', 'log µs', 'generator µs', 'cores busy', 'of which others'],
    rows: runs.map(({ clients, cpu, latenciesMs, elapsedMs }) => {
      const perQuery = (prefix: string): number => (sumOf(cpu, prefix) * 1000) / latenciesMs.length;
      const parts = ['root', 'leaf', 'log', generator].map(perQuery);
      return [clients, ...parts, sumOf(cpu, '') / elapsedMs, (cpu[others] ?? 0) / elapsedMs];
    }),
  };
}
