/**
 * What it is worth to share one query among leaves that all have everything: the same heavy aggregation by the fewest
 * leaves, each shard of its best replica, and in lots.
 */
import { createRandom } from '../../shared/random/random.ts';
import type { Synset } from '../../command/demo/wordnet.ts';
import { spreads, type Spread } from '../../shared/query/request.ts';
import type { BenchContext } from '../context.ts';
import { readCorpus } from '../corpus/wordnet-corpus.ts';
import { summarize } from '../report/percentiles.ts';
import type { Findings } from '../report/report.ts';
import { BenchClient } from '../service/bench-client.ts';
import { cpuSince, readCpuTimes } from '../service/cpu-time.ts';
import { prepareIndexes } from '../service/prepare-indexes.ts';
import { withCluster } from '../service/with-cluster.ts';

export interface SpreadOptions {
  readonly leaves: number;
  readonly shards: number;
  readonly queries: number;
  /** How often the index holds each document: what is heavy has to outweigh what a task costs. */
  readonly copies: number;
}

/** V8 has compiled by then what it will. */
const warmUpQueries = 20;
const path = '/v1/indexes/spread/search';

/** Metrics of every document, twice over. Few buckets, so that what a partial costs does not hide what finding it does. */
const metrics = Object.fromEntries(
  ['word_count', 'pointer_count'].flatMap((field) =>
    ['stats', 'avg', 'sum', 'min', 'max'].map((kind) => [`${kind} of ${field}`, { [kind]: { field } }]),
  ),
);
const heavy = {
  size: 0,
  timeout: '30s',
  aggs: {
    parts: { terms: { field: 'part_of_speech' }, aggs: metrics },
    categories: { terms: { field: 'category', size: 50 }, aggs: metrics },
  },
};

interface Measured {
  readonly latenciesMs: number[];
  tasks: number;
  /** Milliseconds by leaf. */
  readonly leafCpuMs: Record<string, number>;
}

export async function benchSpread(context: BenchContext, options: SpreadOptions): Promise<Findings> {
  const { leaves, shards, queries, copies } = options;
  const corpus = copiesOf(await readCorpus(context.documents), copies);
  const quiet = ['--telemetry-level', 'warn', '--hedging', 'off'];
  const { result, profiles } = await withCluster(
    { leaves, profile: context.profile, args: quiet },
    async (cluster, begin) => {
      await prepareIndexes(context, { cluster, corpus, indexes: [{ name: 'spread', shards, replicas: leaves }] });
      const client = new BenchClient(cluster.url);
      const random = createRandom(context.seed);
      const measured = new Map(spreads.map((spread): [Spread, Measured] => [spread, emptyMeasured()]));
      const ask = async (spread: Spread, into: Measured | null): Promise<void> => {
        const before = readCpuTimes(cluster);
        const sentAt = context.clock.now();
        const text = await client.ask('POST', path, JSON.stringify({ ...heavy, spread, profile: true }));
        const tookMs = context.clock.now() - sentAt;
        if (!text.includes('"complete":true')) throw new Error(`an answer is not complete: ${text.slice(0, 300)}`);
        into?.latenciesMs.push(tookMs);
        if (into === null) return;
        into.tasks += countTasks(text);
        for (const [name, spent] of Object.entries(cpuSince(before, readCpuTimes(cluster)))) {
          if (name.startsWith('leaf-')) into.leafCpuMs[name] = (into.leafCpuMs[name] ?? 0) + spent;
        }
      };
      for (let i = 0; i < warmUpQueries; i++) for (const spread of spreads) await ask(spread, null);
      begin();
      for (let i = 0; i < queries; i++) {
        context.progress(`spread: ${i} of ${queries}`);
        // In turns, so that whatever disturbs the machine disturbs all alike.
        for (const spread of random.shuffle([...spreads])) await ask(spread, measured.get(spread)!);
      }
      await client.close();
      return measured;
    },
  );
  const median = (spread: Spread): number => summarize(Float64Array.from(result.get(spread)!.latenciesMs)).p50;
  const rows = spreads.map((spread): (string | number)[] => {
    const { latenciesMs, tasks, leafCpuMs } = result.get(spread)!;
    const { p50, p90, p99 } = summarize(Float64Array.from(latenciesMs));
    const cpu = Object.values(leafCpuMs).reduce((sum, spent) => sum + spent, 0) / queries;
    return [spread, p50, p90, p99, p50 / median('narrow'), tasks / queries, cpu];
  });
  return {
    parameters: { documents: corpus.length, copies, leaves, shards, queries, seed: context.seed },
    tables: [
      {
        title: `A heavy aggregation on ${leaves} leaves that both hold everything, ms`,
        columns: ['spread', 'p50', 'p90', 'p99', 'p50 over narrow', 'tasks', 'CPU of the leaves'],
        rows,
      },
      ...profiles,
    ],
    notes: [
      'narrow asks one leaf for everything. One query at a time; the three take turns. Hedging is off: a hedge would be work of another query.',
    ],
  };
}

/** Each under an id of its own. */
function copiesOf(corpus: readonly Synset[], copies: number): Synset[] {
  const round = (n: number): Synset[] => corpus.map((synset) => ({ ...synset, id: `${synset.id}-${n}` }));
  return Array.from({ length: copies }, (_, n) => round(n)).flat();
}

function emptyMeasured(): Measured {
  return { latenciesMs: [], tasks: 0, leafCpuMs: {} };
}

function countTasks(answer: string): number {
  const { profile } = JSON.parse(answer) as { profile: { rounds: { attempts: unknown[] }[] } };
  return profile.rounds.reduce((sum, { attempts }) => sum + attempts.length, 0);
}
