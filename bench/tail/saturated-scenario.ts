/** More clients than the root can serve, each asking again at once, with timeouts of 5 and 20 ms: how late they are. */
import { Pool } from 'undici';
import type { Cluster } from '../../tests/cluster/start.ts';
import { createHistogram } from './open-loop.ts';
import { percentileCells, percentileColumns } from './show-latencies.ts';
import { makeBodies, searchPath, withService, type ScenarioFindings, type TailContext } from './tail-context.ts';

const index = 'tail';
const leaves = 2;
const clients = 32;
const timeoutsMs = [5, 20] as const;

export async function saturatedScenario(context: TailContext): Promise<ScenarioFindings> {
  const queries = Math.ceil(context.queries / 10);
  const plan = { leaves, indexes: [{ name: index, shards: 16, replicas: 1 }] };
  return await withService(context, plan, async (cluster) => {
    await run(context, cluster, queries);
    const { answers, refusals, bare, perSecond } = await run(context, cluster, queries);
    return {
      tables: [
        {
          title: `Lateness with ${clients} clients that ask without a pause, timeouts of ${timeoutsMs.join(' and ')} ms`,
          columns: ['what', 'count', ...percentileColumns],
          rows: [
            ['answers', answers.totalCount, ...percentileCells(answers)],
            ['refusals (429)', refusals.totalCount, ...percentileCells(refusals)],
            ['bare timers', bare.totalCount, ...percentileCells(bare)],
          ],
        },
      ],
      notes: [
        `Saturated: ${perSecond.toFixed(0)} queries/s. What waits in a socket has not reached the root, and its time has not begun; the process of the clients is as busy, as the bare timers in it show.`,
      ],
    };
  });
}

async function run(context: TailContext, cluster: Cluster, queries: number) {
  const { clock } = context;
  const bodyOf = makeBodies(context);
  const pool = new Pool(cluster.url, { connections: clients });
  const [answers, refusals, bare] = [createHistogram(), createHistogram(), createHistogram()];
  const record = (histogram: typeof bare, lateMs: number): void => {
    histogram.recordValue(Math.max(0, Math.round(lateMs * 1000)));
  };
  let next = 0;
  const ask = async (): Promise<void> => {
    while (next < queries) {
      const at = next++;
      const timeoutMs = timeoutsMs[at % timeoutsMs.length]!;
      const sentAt = clock.now();
      setTimeout(() => record(bare, clock.now() - sentAt - timeoutMs), timeoutMs);
      const { statusCode, body } = await pool.request({
        method: 'POST',
        path: searchPath(index),
        headers: { 'content-type': 'application/json' },
        body: bodyOf(at).replace('{', `{"timeout":${timeoutMs},"coverage":{"min":0},`),
      });
      await body.text();
      record(statusCode === 429 ? refusals : answers, clock.now() - sentAt - timeoutMs);
      context.progress(`saturated: ${at + 1} of ${queries} queries`);
    }
  };
  const startedAt = clock.now();
  try {
    await Promise.all(Array.from({ length: clients }, ask));
  } finally {
    await pool.destroy();
  }
  return { answers, refusals, bare, perSecond: (queries * 1000) / (clock.now() - startedAt) };
}
