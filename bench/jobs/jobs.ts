/** What a reindex that goes on costs searches of the same index: their latency without, beside it, and without again, in turns. */
import { setTimeout as sleep } from 'node:timers/promises';
import { demoSchema } from '../../command/demo/demo.ts';
import { createRandom, type Random } from '../../shared/random/random.ts';
import type { Cluster } from '../../tests/cluster/start.ts';
import { must } from '../../tests/service/client.ts';
import type { BenchContext } from '../context.ts';
import { createWordSource, type WordSource } from '../corpus/words.ts';
import { readCorpus } from '../corpus/wordnet-corpus.ts';
import { concatValues, summarize, type Summary } from '../report/percentiles.ts';
import type { Findings } from '../report/report.ts';
import type { Table } from '../report/table.ts';
import { runClosedLoop } from '../search/closed-loop.ts';
import { makeQueries } from '../search/queries.ts';
import { BenchClient } from '../service/bench-client.ts';
import { prepareIndexes } from '../service/prepare-indexes.ts';
import { withCluster } from '../service/with-cluster.ts';

export interface JobsOptions {
  readonly leaves: number;
  readonly shards: number;
  readonly rounds: number;
  /** Searches of each kind in a part of a round: so many are asked again and again while a job goes on. */
  readonly queries: number;
}

interface Job {
  readonly id: string;
  readonly state: string;
  readonly counts: { readonly read: number };
  readonly workedMs: number;
}

const parts = ['without', 'beside', 'without again'] as const;
type Part = (typeof parts)[number];

interface Measured {
  readonly latencies: { readonly [P in Part]: Float64Array[] };
  /** Documents a second of each job. */
  readonly rates: number[];
}

const index = 'wordnet';
const settleMs = 2000;

export async function benchJobs(context: BenchContext, options: JobsOptions): Promise<Findings> {
  const corpus = await readCorpus(context.documents);
  const random = createRandom(context.seed);
  const words = createWordSource(
    corpus.map((synset) => synset.definition),
    random,
  );
  const { leaves, shards, rounds } = options;
  const { result, profiles } = await withCluster({ leaves, profile: context.profile }, async (cluster, begin) => {
    await prepareIndexes(context, { cluster, corpus, indexes: [{ name: index, shards }] });
    const asking = { cluster, words, random, queries: options.queries };
    await ask(context, asking);
    begin();
    const measured: Measured = { latencies: { without: [], beside: [], 'without again': [] }, rates: [] };
    for (let round = 0; round < rounds; round++) {
      context.progress(`jobs: round ${round + 1} of ${rounds}`);
      measured.latencies.without.push(await ask(context, asking));
      await besideJob(context, asking, `copy-${round}`, measured);
      await sleep(settleMs);
      measured.latencies['without again'].push(await ask(context, asking));
    }
    return measured;
  });
  return {
    parameters: {
      documents: corpus.length,
      leaves,
      shards,
      rounds,
      'queries of each kind': options.queries,
      seed: context.seed,
    },
    tables: [latencyTable(result), rateTable(result), ...profiles],
    notes: [
      'One client asks again when it has its answer; all parts are of one run, in turns. The ratio is that to `without` of the same run; that of `without again` is how far chance goes.',
      'The load generator and all processes share the machine.',
    ],
  };
}

interface Asking {
  readonly cluster: Cluster;
  readonly words: WordSource;
  readonly random: Random;
  readonly queries: number;
}

/** @returns latencies, milliseconds */
async function ask(
  { clock }: BenchContext,
  { cluster, words, random, queries: ofEachKind }: Asking,
): Promise<Float64Array> {
  const client = new BenchClient(cluster.url);
  const queries = makeQueries(words, random, ofEachKind);
  try {
    const { latenciesMs } = await runClosedLoop({
      clients: [client],
      index,
      queries,
      clock,
      onProgress: () => undefined,
    });
    return latenciesMs;
  } finally {
    await client.close();
  }
}

/** Asks for as long as a job goes on that copies the index; answers that came after its end are not counted. */
async function besideJob(context: BenchContext, asking: Asking, into: string, measured: Measured): Promise<void> {
  const { url } = asking.cluster;
  await must('PUT', `${url}/v1/indexes/${into}`, { schema: demoSchema, shards: 4 });
  const { id } = await must<Job>('POST', `${url}/v1/jobs`, { kind: 'reindex', index, into });
  for (;;) {
    const latencies = await ask(context, { ...asking, queries: Math.max(1, Math.ceil(asking.queries / 10)) });
    const { state, counts, workedMs } = await must<Job>('GET', `${url}/v1/jobs/${id}`);
    if (state === 'running') {
      measured.latencies.beside.push(latencies);
      continue;
    }
    if (state !== 'done') throw new Error(`the job is ${state}`);
    measured.rates.push((counts.read / workedMs) * 1000);
    break;
  }
  await must('DELETE', `${url}/v1/indexes/${into}`);
}

function latencyTable({ latencies }: Measured): Table {
  const summaries = parts.map((part): [Part, Summary] => [part, summarize(concatValues(latencies[part]))]);
  const [, base] = summaries[0]!;
  return {
    title: 'Searches while an index is copied',
    columns: ['job', 'searches', 'p50 ms', 'p99 ms', 'max ms', 'p50, ratio', 'p99, ratio'],
    rows: summaries.map(([part, { count, p50, p99, max }]) => {
      return [part, count, p50, p99, max, p50 / base.p50, p99 / base.p99];
    }),
  };
}

function rateTable({ rates }: Measured): Table {
  return {
    title: 'The job beside the searches',
    columns: ['round', 'documents/s'],
    rows: rates.map((rate, round) => [round + 1, rate]),
  };
}
