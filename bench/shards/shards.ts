/** What the number of shards costs: the same documents and the same queries on indexes cut into more and more pieces. */
import { createRandom, type Random } from '../../shared/random/random.ts';
import type { Cluster } from '../../tests/cluster/start.ts';
import type { BenchContext } from '../context.ts';
import { createWordSource } from '../corpus/words.ts';
import { readCorpus } from '../corpus/wordnet-corpus.ts';
import { renderBars } from '../report/bars.ts';
import { concatValues, summarize } from '../report/percentiles.ts';
import type { Findings } from '../report/report.ts';
import type { Table } from '../report/table.ts';
import { runClosedLoop, type LoopResult } from '../search/closed-loop.ts';
import { kindNames, makeQueries, type BenchQuery } from '../search/queries.ts';
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

/** V8 has compiled what it will after a few hundred queries. */
const warmUpRounds = 5;

interface Measured {
  readonly shards: number;
  /** One for each round. */
  readonly rounds: (LoopResult & { readonly cpu: CpuTimes })[];
}

export async function benchShards(context: BenchContext, options: ShardsOptions): Promise<Findings> {
  const corpus = await readCorpus(context.documents);
  const random = createRandom(context.seed);
  const words = createWordSource(
    corpus.map((synset) => synset.definition),
    random,
  );
  const indexes = options.shards.map((shards) => ({ name: nameOf(shards), shards }));
  const { leaves, rounds, queriesOfEachKind } = options;
  const makeRounds = (count: number): BenchQuery[][] => {
    return Array.from({ length: count }, () => makeQueries(words, random, queriesOfEachKind));
  };
  const warmUp = makeRounds(warmUpRounds);
  const queries = makeRounds(rounds);
  const { result, profiles } = await withCluster({ leaves, profile: context.profile }, async (cluster, begin) => {
    await prepareIndexes(context, { cluster, corpus, indexes });
    begin();
    return await askInTurns(context, { cluster, shards: options.shards, warmUp, queries, random });
  });
  const rows = result.map(rowOf);
  return {
    parameters: {
      documents: corpus.length,
      leaves,
      rounds,
      'queries a round': queriesOfEachKind * kindNames.length,
      clients: 1,
      seed: context.seed,
    },
    tables: [tableOf(rows), kindTable(result, queries.flat()), ...profiles],
    drawing: {
      title: 'p50 of the mix in milliseconds, by number of shards:',
      text: renderBars(rows.map(({ shards, p50 }) => ({ label: String(shards), value: p50 }))),
    },
    notes: [
      'The indexes hold the same documents in one service, and get the same queries from one client, in turns whose order changes every round.',
      'The columns in µs are CPU time a query, of the whole process, all leaves together; root, leaves and load generator share the cores of one machine, and `others` is what else ran on it: it should be next to nothing.',
    ],
  };
}

interface Turns {
  readonly cluster: Cluster;
  readonly shards: readonly number[];
  /** Asked first, and not counted. */
  readonly warmUp: readonly (readonly BenchQuery[])[];
  /** Those of each round. */
  readonly queries: readonly (readonly BenchQuery[])[];
  readonly random: Random;
}

/** Asks every index the queries of a round before any is asked those of the next, so that noise hits all alike. */
async function askInTurns(
  context: BenchContext,
  { cluster, shards, warmUp, queries, random }: Turns,
): Promise<Measured[]> {
  const measured = shards.map((count): Measured => ({ shards: count, rounds: [] }));
  for (const one of measured) {
    context.progress(`shards, warming up: ${one.shards} shards`);
    for (const round of warmUp) await askAll(context, cluster, one.shards, round);
  }
  for (const [at, round] of queries.entries()) {
    // Shuffled is the order in which they are asked, not that of the result.
    for (const one of random.shuffle(measured)) {
      context.progress(`shards, round ${at + 1} of ${queries.length}: ${one.shards} shards`);
      one.rounds.push(await askAll(context, cluster, one.shards, round));
    }
  }
  return measured;
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

function rowOf({ shards, rounds }: Measured): Row {
  const { count, p50, p99, mean } = summarize(concatValues(rounds.map(({ latenciesMs }) => latenciesMs)));
  const spentMs = (prefix: string): number => rounds.reduce((sum, { cpu }) => sum + sumOf(cpu, prefix), 0);
  const perQueryUs = (prefix: string): number => (spentMs(prefix) * 1000) / count;
  const [rootUs, leavesUs, generatorUs] = [perQueryUs('root'), perQueryUs('leaf'), perQueryUs(generator)];
  const elapsedMs = rounds.reduce((sum, round) => sum + round.elapsedMs, 0);
  return { shards, p50, p99, mean, rootUs, leavesUs, generatorUs, othersCores: spentMs(others) / elapsedMs };
}

/** @param queries of all rounds, in the order they were asked */
function kindTable(measured: readonly Measured[], queries: readonly BenchQuery[]): Table {
  const latencies = measured.map(({ rounds }) => concatValues(rounds.map(({ latenciesMs }) => latenciesMs)));
  return {
    title: 'p50 in milliseconds by kind of query',
    columns: ['kind', ...measured.map(({ shards }) => `${shards} ${shards === 1 ? 'shard' : 'shards'}`)],
    rows: kindNames.map((kind) => {
      return [kind, ...latencies.map((all) => summarize(all.filter((_, at) => queries[at]!.kind === kind)).p50)];
    }),
  };
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
