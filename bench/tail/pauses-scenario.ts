/** Every leaf is stopped for 50 to 150 ms at random, 1 % of the time: what hedging is worth. */
import { createRandom } from '../../shared/random/random.ts';
import type { Cluster } from '../../tests/cluster/start.ts';
import { renderPercentilePlot } from '../report/percentile-plot.ts';
import { runOpenLoop, type OpenLoopResult } from './open-loop.ts';
import { startPauses, type Pauses } from './pauses.ts';
import { scrapeLeaves, sumOfMetric } from './scrape.ts';
import { curveOf, percentileCells, percentileColumns } from './show-latencies.ts';
import { makeBodies, searchPath, withService, type ScenarioFindings, type TailContext } from './tail-context.ts';

const leaves = 8;
const shards = 16;
const index = 'tail';
const pausing = { leaves, share: 0.01, pauseMsMin: 50, pauseMsMax: 150 };

interface Run extends OpenLoopResult {
  readonly name: string;
  readonly pauses: Pauses | null;
  /** Shards asked of leaves, over the shards of all queries. */
  readonly partsAsked: number;
}

export async function pausesScenario(context: TailContext): Promise<ScenarioFindings> {
  const runs: Run[] = [];
  for (const hedging of ['on', 'off']) {
    const indexes = [{ name: index, shards, replicas: 3 }];
    await withService(context, { leaves, indexes, args: ['--hedging', hedging] }, async (cluster) => {
      await measure(context, cluster, { name: 'warming up', paused: false, queries: Math.ceil(context.queries / 20) });
      for (const paused of hedging === 'on' ? [false, true] : [true]) {
        const name = `${paused ? 'pauses' : 'no pauses'}, hedging ${hedging}`;
        runs.push(await measure(context, cluster, { name, paused, queries: context.queries }));
      }
    });
  }
  return {
    tables: [
      {
        title: `Latency of ${context.queries.toLocaleString('en-US')} queries at ${context.rate}/s on ${leaves} leaves with 3 replicas`,
        columns: [
          'run',
          ...percentileColumns,
          'extra parts %',
          'incomplete',
          'failed',
          'pauses',
          'paused %',
          'sent late p99 ms',
        ],
        rows: runs.map((run) => [
          run.name,
          ...percentileCells(run.latencies),
          (run.partsAsked - 1) * 100,
          run.counts.incomplete,
          run.counts.failed + run.counts.refused,
          run.pauses?.count ?? 0,
          run.pauses === null ? 0 : (100 * run.pauses.totalMs) / (leaves * run.elapsedMs),
          run.sending.getValueAtPercentile(99) / 1000,
        ]),
      },
    ],
    notes: [
      'Latency counts from when a query should have been sent (open loop, exponential gaps), so the generator hides nothing; `sent late` is its own share of it.',
      'Extra parts are shards that leaves were asked for beyond one each: hedges and retries, those cancelled in time included.',
      ...runs.flatMap(({ name, firstFailure }) => (firstFailure === undefined ? [] : [`${name}: ${firstFailure}`])),
    ],
    plots: [
      {
        name: 'pauses',
        title: 'Latency by percentile, leaves paused at random',
        svg: renderPercentilePlot(
          `Each of ${leaves} leaves stopped for 50 to 150 ms, 1 % of the time`,
          runs.map(({ name, latencies }) => curveOf(name, latencies)),
        ),
      },
    ],
  };
}

async function measure(
  context: TailContext,
  cluster: Cluster,
  { name, paused, queries }: { name: string; paused: boolean; queries: number },
): Promise<Run> {
  const asked = async (): Promise<number> => {
    return sumOfMetric(await scrapeLeaves(cluster, leaves), 'sheaf_leaf_shards_asked_total', 'kind="search"');
  };
  const before = await asked();
  const stop = paused ? startPauses(cluster, { ...pausing, random: createRandom(context.seed + 1) }) : null;
  let ended = 0;
  const result = await runOpenLoop({
    url: cluster.url,
    path: searchPath(index),
    bodyOf: makeBodies(context),
    queries,
    rate: context.rate,
    random: createRandom(context.seed),
    clock: context.clock,
    onOutcome: () => context.progress(`${name}: ${++ended} of ${queries} queries`),
  });
  const pauses = stop === null ? null : await stop();
  return { ...result, name, pauses, partsAsked: ((await asked()) - before) / (queries * shards) };
}
