/**
 * What stragglers cost a query that asks many leaves, and what hedging makes of it: the figures of Dean and Barroso,
 * "The Tail at Scale" (2013), by the scatter that serves real queries, over virtual time.
 */
import type { BenchContext } from '../context.ts';
import { percentile } from '../report/percentiles.ts';
import type { Findings } from '../report/report.ts';
import type { Table } from '../report/table.ts';
import { runQueries } from './run-queries.ts';
import { hundredServers, oneInHundred } from './service-times.ts';

export interface StragglersOptions {
  /** Of each run. */
  readonly queries: number;
}

const replicasOfStraggler = 3;
const leafCounts = [1, 2, 5, 10, 20, 50, 100];
const slowMs = 900;

export async function benchStragglers(context: BenchContext, { queries }: StragglersOptions): Promise<Findings> {
  return {
    parameters: { queries, seed: context.seed },
    tables: [await straggler(context, queries), await hundred(context, queries)],
    notes: [
      `Straggler: each task takes ${oneInHundred.about}. The article: 1 % of queries on one server, 63 % on 100.`,
      `Hundred servers: each task takes ${hundredServers.about}, fitted to the article's cluster without hedging. The article: 1,800 ms without, 74 ms with hedges after 10 ms, 2 % more requests.`,
      'Virtual time: leaves have no queue and the replicas of a shard are slow independently of each other; real ones are not that kind.',
      'The first query of every run is preceded by 100 that are not counted, from which the delay is learned.',
    ],
  };
}

/** Share of the queries that meet a leaf's slowest hundredth, by the number of leaves. */
async function straggler({ seed, progress }: BenchContext, queries: number): Promise<Table> {
  const rows: (string | number)[][] = [];
  for (const leaves of leafCounts) {
    progress(`straggler, ${leaves} leaves`);
    const run = { leaves, replicas: replicasOfStraggler, queries, seed, times: oneInHundred };
    const without = await runQueries({ ...run, hedging: false });
    const hedged = await runQueries({ ...run, hedging: true });
    rows.push([
      leaves,
      100 * (1 - 0.99 ** leaves),
      100 * shareOver(slowMs, without.latenciesMs),
      100 * shareOver(slowMs, hedged.latenciesMs),
      percentile(hedged.latenciesMs.toSorted(), 0.99),
      100 * hedged.extraShare,
    ]);
  }
  return {
    title: `Queries that meet a leaf’s slowest hundredth (1 s), ${replicasOfStraggler} replicas`,
    columns: ['leaves', '1 − 0.99ⁿ, %', 'not hedged, %', 'hedged, %', 'hedged p99, ms', 'more tasks, %'],
    rows,
  };
}

async function hundred({ seed, progress }: BenchContext, queries: number): Promise<Table> {
  const rows: (string | number)[][] = [];
  const kinds: [name: string, hedging: boolean, replicas: number][] = [
    ['off', false, 3],
    ['on, 2 replicas', true, 2],
    ['on, 3 replicas', true, 3],
  ];
  for (const [name, hedging, replicas] of kinds) {
    progress(`100 leaves, hedging ${name}`);
    const run = await runQueries({ leaves: 100, replicas, queries, hedging, seed, times: hundredServers });
    const sorted = run.latenciesMs.toSorted();
    const at = (p: number): number => percentile(sorted, p);
    rows.push([name, at(0.5), at(0.95), at(0.99), at(0.999), 100 * run.extraShare]);
  }
  return {
    title: '100 leaves, all of which must answer',
    columns: ['hedging', 'p50, ms', 'p95, ms', 'p99, ms', 'p99.9, ms', 'more tasks, %'],
    rows,
  };
}

function shareOver(limitMs: number, latenciesMs: Float64Array): number {
  return latenciesMs.filter((latency) => latency > limitMs).length / latenciesMs.length;
}
