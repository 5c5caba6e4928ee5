/** One of eight leaves is frozen for a whole run: what callers notice, and how the leaf comes back. */
import { setTimeout as sleep } from 'node:timers/promises';
import { createRandom } from '../../shared/random/random.ts';
import type { Cluster } from '../../tests/cluster/start.ts';
import { runOpenLoop, type OpenLoopResult } from './open-loop.ts';
import { leafUrl, scrape, scrapeLeaves, sumOfMetric, type Samples } from './scrape.ts';
import { percentileCells, percentileColumns } from './show-latencies.ts';
import { makeBodies, searchPath, withService, type ScenarioFindings, type TailContext } from './tail-context.ts';

const leaves = 8;
const index = 'tail';
const frozen = 3;
const frozenName = `leaf-${frozen}`;
/** Every deadline has passed and every cancel is sent when the leaf wakes. */
const deadMs = 1500;
const backlogMs = 500;
const pollMs = 100;
const returnMsMax = 20_000;

interface Run extends OpenLoopResult {
  readonly name: string;
}

/** What the leaf did with what it found in its sockets when it woke. */
interface Backlog {
  readonly ends: Readonly<Record<string, number>>;
}

interface Return {
  readonly firstAnswerMs: number;
  readonly halfShareMs: number;
}

export async function frozenScenario(context: TailContext): Promise<ScenarioFindings> {
  const queries = Math.ceil(context.queries / 4);
  const plan = { leaves, indexes: [{ name: index, shards: 16, replicas: 3 }] };
  return await withService(context, plan, async (cluster) => {
    const run = (name: string, count: number): Promise<Run> => runOnce(context, cluster, { name, queries: count });
    await run('warming up', Math.ceil(queries / 10));
    const healthy = await run('healthy', queries);
    const before = await scrape(leafUrl(cluster, frozen));
    cluster.signal(frozenName, 'SIGSTOP');
    const stopped = await run('one leaf frozen', queries);
    await sleep(deadMs);
    cluster.signal(frozenName, 'SIGCONT');
    const thawedAt = context.clock.now();
    await sleep(backlogMs);
    const backlog = backlogOf(before, await scrape(leafUrl(cluster, frozen)));
    const load = run('thawed', queries);
    const back = await untilItReturns(context, cluster, thawedAt);
    return report(context, [healthy, stopped, await load], backlog, back);
  });
}

function report(context: TailContext, runs: readonly Run[], { ends }: Backlog, back: Return): ScenarioFindings {
  return {
    tables: [
      {
        title: `One of ${leaves} leaves frozen, ${context.rate} queries/s, 3 replicas`,
        columns: ['run', 'queries', ...percentileColumns, 'incomplete', 'failed'],
        rows: runs.map(({ name, latencies, counts }) => {
          const failed = counts.failed + counts.refused;
          return [name, latencies.totalCount, ...percentileCells(latencies), counts.incomplete, failed];
        }),
      },
      {
        title: 'The leaf, thawed after every deadline had passed',
        columns: ['figure', 'value'],
        rows: [
          ['tasks it found in its sockets', Object.values(ends).reduce((sum, count) => sum + count, 0)],
          ...Object.entries(ends).map(([end, count]) => [`of which ${end}`, count]),
          ['seconds from the thaw to its first answer', back.firstAnswerMs / 1000],
          ['seconds from the thaw until it answers half of a fair share', back.halfShareMs / 1000],
        ],
      },
    ],
    notes: [
      `The load begins again ${backlogMs} ms after the thaw: a task the leaf ended before that was in its sockets, and one it answered was executed late.`,
      ...runs.flatMap(({ name, firstFailure }) => (firstFailure === undefined ? [] : [`${name}: ${firstFailure}`])),
    ],
  };
}

async function runOnce(
  context: TailContext,
  cluster: Cluster,
  { name, queries }: { name: string; queries: number },
): Promise<Run> {
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
  return { ...result, name };
}

function backlogOf(before: Samples, after: Samples): Backlog {
  const ends: Record<string, number> = {};
  for (const [sample, value] of after) {
    const end = /^sheaf_leaf_tasks_total\{.*end="(\w+)"/.exec(sample)?.[1];
    const done = value - (before.get(sample) ?? 0);
    if (end !== undefined && done > 0) ends[end] = (ends[end] ?? 0) + done;
  }
  return { ends };
}

/** Follows the answers of all leaves until the thawed one gives its part again. */
async function untilItReturns({ clock }: TailContext, cluster: Cluster, thawedAt: number): Promise<Return> {
  const read = async (): Promise<number[]> => {
    const pages = await scrapeLeaves(cluster, leaves);
    return pages.map((page) => sumOfMetric([page], 'sheaf_leaf_tasks_total', 'end="answered"'));
  };
  let firstAnswerMs = Number.NaN;
  const window: number[][] = [await read()];
  const first = window[0]!;
  while (clock.now() - thawedAt < returnMsMax) {
    await sleep(pollMs);
    const now = await read();
    window.push(now);
    if (window.length > 10) window.shift();
    if (Number.isNaN(firstAnswerMs) && now[frozen]! > first[frozen]!) firstAnswerMs = clock.now() - thawedAt;
    const answered = now.map((count, leaf) => count - window[0]![leaf]!);
    const mean = answered.reduce((sum, count) => sum + count, 0) / leaves;
    if (answered[frozen]! > mean / 2) return { firstAnswerMs, halfShareMs: clock.now() - thawedAt };
  }
  return { firstAnswerMs, halfShareMs: Number.NaN };
}
