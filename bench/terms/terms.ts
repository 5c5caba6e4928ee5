/** Where a term index wins and where it loses: the same documents and queries on both kinds, on few and on many leaves. */
import { createRandom } from '../../shared/random/random.ts';
import type { Cluster } from '../../tests/cluster/start.ts';
import type { BenchContext } from '../context.ts';
import { createWordSource, type WordSource } from '../corpus/words.ts';
import { readCorpus } from '../corpus/wordnet-corpus.ts';
import type { Synset } from '../../command/demo/wordnet.ts';
import { summarize } from '../report/percentiles.ts';
import type { Findings } from '../report/report.ts';
import type { Table } from '../report/table.ts';
import { runClosedLoop } from '../search/closed-loop.ts';
import { BenchClient } from '../service/bench-client.ts';
import { cpuSince, others, readCpuTimes, sumOf } from '../service/cpu-time.ts';
import { prepareIndexes } from '../service/prepare-indexes.ts';
import { withCluster } from '../service/with-cluster.ts';
import { scrapeLeaves, sumOfMetric } from '../tail/scrape.ts';
import { makeTermQueries } from './term-queries.ts';

export interface TermsOptions {
  /** Leaves of each service. */
  readonly leaves: readonly number[];
  readonly shards: number;
  readonly queriesOfEachKind: number;
}

const clients = 4;
const indexKinds = ['document', 'term'] as const;
type IndexKind = (typeof indexKinds)[number];

const rareMax = 50;
const commonMin = 1000;
const everywhereShare = 0.1;

interface Measured {
  readonly leaves: number;
  readonly index: IndexKind;
  readonly query: string;
  readonly tasks: number;
  readonly rootUs: number;
  readonly leavesUs: number;
  readonly p50: number;
  readonly othersCores: number;
}

export async function benchTerms(context: BenchContext, options: TermsOptions): Promise<Findings> {
  const corpus = await readCorpus(context.documents);
  const random = createRandom(context.seed);
  const texts = corpus.map(({ definition }) => definition);
  const from = (documentsMin: number, documentsMax = Number.POSITIVE_INFINITY): WordSource =>
    createWordSource(texts, random, [{ name: `from ${documentsMin}`, documentsMin, documentsMax, weight: 1 }]);
  const everywhereMin = Math.ceil(corpus.length * everywhereShare);
  const words = { rare: from(2, rareMax), common: from(commonMin, everywhereMin), everywhere: from(everywhereMin) };
  const queries = makeTermQueries(words, options.queriesOfEachKind);
  const measured: Measured[] = [];
  const loads: Load[] = [];
  for (const leaves of options.leaves) {
    const { result } = await withCluster({ leaves, profile: false }, async (cluster, begin) => {
      for (const kind of indexKinds)
        loads.push(await load(context, { cluster, leaves, corpus, kind, shards: options.shards }));
      begin();
      return await askBoth(context, { cluster, leaves, queries });
    });
    measured.push(...result);
  }
  return {
    parameters: {
      documents: corpus.length,
      leaves: options.leaves.join(' '),
      shards: options.shards,
      'queries of each kind': options.queriesOfEachKind,
      clients,
      seed: context.seed,
    },
    tables: [...options.leaves.map((leaves) => tableOf(leaves, measured)), loadTable(loads, corpus.length)],
    notes: [
      'The same documents in a document index and a term index of one service, the same queries to both, one kind of query after the other, the first half of them to warm up and not counted.',
      'Tasks are those that leaves ended, all rounds together; µs are CPU time a query of the whole process, all leaves together.',
      `Rare words are in 2 to ${rareMax} documents, common ones in ${commonMin} to ${everywhereMin}, those that are everywhere in more; \`any\` is a word that stands beside the rare one.`,
      `The rest of the machine kept ${showRange(measured.map(({ othersCores }) => othersCores))} cores busy meanwhile: the more, the less the milliseconds mean.`,
    ],
  };
}

interface Load {
  readonly leaves: number;
  readonly kind: IndexKind;
  /** CPU of all leaves, until they had merged what they had to. */
  readonly leavesMs: number;
}

async function load(
  context: BenchContext,
  {
    cluster,
    leaves,
    corpus,
    kind,
    shards,
  }: Pick<TermsOptions, 'shards'> & Pick<Load, 'leaves' | 'kind'> & { cluster: Cluster; corpus: readonly Synset[] },
): Promise<Load> {
  const before = readCpuTimes(cluster);
  await prepareIndexes(context, { cluster, corpus, indexes: [{ name: kind, kind, shards }] });
  return { leaves, kind, leavesMs: sumOf(cpuSince(before, readCpuTimes(cluster)), 'leaf') };
}

function loadTable(loads: readonly Load[], documents: number): Table {
  return {
    title: 'CPU of all leaves to take in a document, µs',
    columns: ['leaves', ...indexKinds],
    rows: [...new Set(loads.map(({ leaves }) => leaves))].map((leaves) => [
      String(leaves),
      ...indexKinds.map((kind) => {
        const { leavesMs } = loads.find((one) => one.leaves === leaves && one.kind === kind)!;
        return (leavesMs * 1000) / documents;
      }),
    ]),
  };
}

interface Asked {
  readonly cluster: Cluster;
  readonly leaves: number;
  readonly queries: ReturnType<typeof makeTermQueries>;
}

async function askBoth(context: BenchContext, { cluster, leaves, queries }: Asked): Promise<Measured[]> {
  const measured: Measured[] = [];
  for (const [query, list] of queries) {
    const half = Math.floor(list.length / 2);
    for (const index of indexKinds) {
      context.progress(`term, ${leaves} leaves: ${query}, ${index} index`);
      await ask(context, cluster, index, list.slice(0, half));
      const tasksBefore = await countTasks(cluster, leaves);
      const before = readCpuTimes(cluster);
      const { latenciesMs, elapsedMs } = await ask(context, cluster, index, list.slice(half));
      const cpu = cpuSince(before, readCpuTimes(cluster));
      const count = latenciesMs.length;
      measured.push({
        leaves,
        index,
        query,
        tasks: ((await countTasks(cluster, leaves)) - tasksBefore) / count,
        rootUs: (sumOf(cpu, 'root') * 1000) / count,
        leavesUs: (sumOf(cpu, 'leaf') * 1000) / count,
        p50: summarize(latenciesMs).p50,
        othersCores: (cpu[others] ?? 0) / elapsedMs,
      });
    }
  }
  return measured;
}

async function ask(
  { clock }: BenchContext,
  cluster: Cluster,
  index: string,
  queries: Parameters<typeof runClosedLoop>[0]['queries'],
): ReturnType<typeof runClosedLoop> {
  const asking = Array.from({ length: clients }, () => new BenchClient(cluster.url));
  try {
    return await runClosedLoop({ clients: asking, index, queries, clock });
  } finally {
    await Promise.all(asking.map((client) => client.close()));
  }
}

async function countTasks(cluster: Cluster, leaves: number): Promise<number> {
  return sumOfMetric(await scrapeLeaves(cluster, leaves), 'sheaf_leaf_tasks_total');
}

function tableOf(leaves: number, measured: readonly Measured[]): Table {
  const here = measured.filter((one) => one.leaves === leaves);
  const queries = [...new Set(here.map(({ query }) => query))];
  const columns = ['tasks', 'root µs', 'leaves µs', 'sum µs', 'p50 ms'];
  return {
    title: `${leaves} leaves: a query on a document index, and on a term index`,
    columns: ['query', ...indexKinds.flatMap((kind) => columns.map((column) => `${kind} ${column}`))],
    rows: queries.map((query) => [
      query,
      ...indexKinds.flatMap((kind) => {
        const { tasks, rootUs, leavesUs, p50 } = here.find((one) => one.query === query && one.index === kind)!;
        return [tasks, rootUs, leavesUs, rootUs + leavesUs, p50];
      }),
    ]),
  };
}

function showRange(values: readonly number[]): string {
  return `${Math.min(...values).toFixed(2)} to ${Math.max(...values).toFixed(2)}`;
}
