/** What the number of shards costs: the same documents and the same queries on indexes cut into more and more pieces. */
import { createRandom } from '../../shared/random/random.ts';
import type { Cluster } from '../../tests/cluster/start.ts';
import type { BenchContext } from '../context.ts';
import { createWordSource } from '../corpus/words.ts';
import { readCorpus } from '../corpus/wordnet-corpus.ts';
import { renderBars } from '../report/bars.ts';
import { concatValues, summarize } from '../report/percentiles.ts';
import type { Findings } from '../report/report.ts';
import type { Table } from '../report/table.ts';
import { runClosedLoop, type LoopResult } from '../search/closed-loop.ts';
import { makeQueries, type BenchQuery } from '../search/queries.ts';
import { BenchClient } from '../service/bench-client.ts';
import { cpuSince, generator, others, readCpuTimes, sumOf, type CpuTimes } from '../service/cpu-time.ts';
import { prepareIndexes } from '../service/prepare-indexes.ts';
import { withCluster } from '../service/with-cluster.ts';

export interface ShardsOptions {
  readonly leaves: number;
  /** Numbers of shards, one index each. */
  readonly shards: readonly number[];
  readonly rounds: number;
  readonly queriesOfEachKind: number;
}

interface Measured {
  readonly shards: number;
  readonly latencies: Float64Array[];
  readonly cpu: CpuTimes[];
  elapsedMs: number;
}

export async function benchShards(context: BenchContext, options: ShardsOptions): Promise<Findings> {
  const corpus = await readCorpus(context.documents);
  const random = createRandom(context.seed);
  const words = createWordSource(
    corpus.map((synset) => synset.definition),
    random,
  );
  const queries = makeQueries(words, random, options.queriesOfEachKind);
  const indexes = options.shards.map((shards) => ({ name: nameOf(shards), shards }));
  const { leaves, rounds } = options;
  const { result, profiles } = await withCluster({ leaves, profile: context.profile }, async (cluster) => {
    await prepareIndexes(context, { cluster, corpus, indexes });
    const measured = options.shards.map((shards): Measured => ({ shards, latencies: [], cpu: [], elapsedMs: 0 }));
    // The first round warms up and is not kept; each round asks the indexes in another order.
    for (let round = 0; round <= rounds; round++) {
      for (const one of random.shuffle(measured)) {
        context.progress(`shards, round ${round} of ${rounds} (0 is not counted): ${one.shards} shards`);
        const { latenciesMs, elapsedMs, cpu } = await askAll(context, cluster, one.shards, queries);
        if (round === 0) continue;
        one.latencies.push(latenciesMs);
        one.cpu.push(cpu);
        one.elapsedMs += elapsedMs;
      }
    }
    return measured;
  });
  const rows = result.map(rowOf);
  return {
    parameters: {
      documents: corpus.length,
      leaves,
      rounds,
      'queries a round': queries.length,
      clients: 1,
      seed: context.seed,
    },
    tables: [tableOf(rows), ...profiles],
    drawing: {
      title: 'p50 in milliseconds, by shards:',
      text: renderBars(rows.map(({ shards, p50 }) => ({ label: String(shards), value: p50 }))),
    },
    notes: [
      'The indexes hold the same documents in one service, and get the same mix of queries (see bench/README.md) from one client, in turns whose order changes every round.',
      'The columns in µs are CPU time a query, of the whole process, all leaves together; root, leaves and load generator share the cores of one machine, and `others` is what else ran on it: it should be next to nothing.',
    ],
  };
}

function nameOf(shards: number): string {
  return `wordnet-${shards}`;
}

async function askAll(
  { clock }: BenchContext,
  cluster: Cluster,
  shards: number,
  queries: readonly BenchQuery[],
): Promise<LoopResult & { cpu: CpuTimes }> {
  const client = new BenchClient(cluster.url);
  try {
    const before = readCpuTimes(cluster);
    const result = await runClosedLoop({ clients: [client], index: nameOf(shards), queries, clock });
    return { ...result, cpu: cpuSince(before, readCpuTimes(cluster)) };
  } finally {
    await client.close();
  }
}

interface Row {
  readonly shards: number;
  readonly p50: number;
  readonly p99: number;
  readonly mean: number;
  readonly rootUs: number;
  readonly leavesUs: number;
  readonly generatorUs: number;
  /** Cores that the rest of the machine kept busy. */
  readonly othersCores: number;
}

function rowOf({ shards, latencies, cpu, elapsedMs }: Measured): Row {
  const { count, p50, p99, mean } = summarize(concatValues(latencies));
  const perQueryUs = (prefix: string): number => {
    return (cpu.reduce((sum, times) => sum + sumOf(times, prefix), 0) * 1000) / count;
  };
  const [rootUs, leavesUs, generatorUs] = [perQueryUs('root'), perQueryUs('leaf'), perQueryUs(generator)];
  const othersCores = cpu.reduce((sum, times) => sum + (times[others] ?? 0), 0) / elapsedMs;
  return { shards, p50, p99, mean, rootUs, leavesUs, generatorUs, othersCores };
}

function tableOf(rows: readonly Row[]): Table {
  return {
    title: 'The same documents and queries, by number of shards',
    columns: ['shards', 'p50 ms', 'p99 ms', 'mean ms', 'root µs', 'leaves µs', 'generator µs', 'others, cores'],
    rows: rows.map((row) => {
      const { shards, p50, p99, mean, rootUs, leavesUs, generatorUs, othersCores } = row;
      return [shards, p50, p99, mean, rootUs, leavesUs, generatorUs, othersCores];
    }),
  };
}
