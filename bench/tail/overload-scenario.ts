/** Half as much again as the service can do: how much of its capacity is still useful, and how fast it says no. */
import { createRandom } from '../../shared/random/random.ts';
import type { Cluster } from '../../tests/cluster/start.ts';
import type { Table } from '../report/table.ts';
import { BenchClient } from '../service/bench-client.ts';
import { runOpenLoop, type OpenLoopResult } from './open-loop.ts';
import { percentileMs } from './show-latencies.ts';
import { makeBodies, searchPath, withService, type ScenarioFindings, type TailContext } from './tail-context.ts';

const index = 'tail';
const leaves = 2;
const taskMs = 5;
/** Enough that every leaf always has the next task at hand, few enough that none is refused. */
const clients = 4;
const capacityQueries = 1000;
const loadSeconds = 20;

interface Run extends OpenLoopResult {
  readonly name: string;
  readonly offered: number;
}

export async function overloadScenario(context: TailContext): Promise<ScenarioFindings> {
  const seconds = Math.max(5, Math.min(loadSeconds, context.queries / 1000));
  const plan = {
    leaves,
    indexes: [{ name: index, shards: 4, replicas: 1 }],
    args: ['--emulated-task-ms', String(taskMs)],
  };
  return await withService(context, plan, async (cluster) => {
    await measureCapacity(context, cluster, capacityQueries / 5);
    const capacity = await measureCapacity(context, cluster, capacityQueries);
    const runs: Run[] = [];
    for (const share of [0.8, 1.5, 0.8]) {
      const name = `${share * 100} % of capacity`;
      const offered = capacity * share;
      runs.push({ ...(await load(context, cluster, { name, rate: offered, seconds })), name, offered });
    }
    return {
      tables: [tableOf(capacity, runs)],
      notes: [
        `Each task occupies its leaf for ${taskMs} ms without using a core (--emulated-task-ms), every query asks both leaves. Capacity is what ${clients} clients in a closed loop get.`,
        'Times of refusals and answers count from when the query should have been sent; `sent late` is the share of the generator.',
        ...runs.flatMap(({ name, firstFailure }) => (firstFailure === undefined ? [] : [`${name}: ${firstFailure}`])),
      ],
    };
  });
}

function tableOf(capacity: number, runs: readonly Run[]): Table {
  return {
    title: `Overload: a capacity of ${capacity.toFixed(0)} queries/s`,
    columns: [
      'offered',
      'queries/s',
      'goodput/s',
      'goodput/capacity %',
      'refused',
      'incomplete',
      'failed',
      'refused in p50 ms',
      'refused in p99 ms',
      'answered in p50 ms',
      'answered in p99 ms',
      'sent late p99 ms',
    ],
    rows: runs.map(({ name, offered, counts, elapsedMs, refusals, latencies, sending }) => {
      const goodput = (counts.complete * 1000) / elapsedMs;
      return [
        name,
        offered,
        goodput,
        (100 * goodput) / capacity,
        counts.refused,
        counts.incomplete,
        counts.failed,
        percentileMs(refusals, 50),
        percentileMs(refusals, 99),
        percentileMs(latencies, 50),
        percentileMs(latencies, 99),
        percentileMs(sending, 99),
      ];
    }),
  };
}

/** Queries a second in a closed loop. */
async function measureCapacity({ clock, ...context }: TailContext, cluster: Cluster, queries: number): Promise<number> {
  const bodyOf = makeBodies(context);
  const asking = Array.from({ length: clients }, () => new BenchClient(cluster.url));
  let next = 0;
  const startedAt = clock.now();
  const ask = async (client: BenchClient): Promise<void> => {
    while (next < queries) await client.ask('POST', searchPath(index), bodyOf(next++));
  };
  try {
    await Promise.all(asking.map(ask));
    return (queries * 1000) / (clock.now() - startedAt);
  } finally {
    await Promise.all(asking.map((client) => client.close()));
  }
}

async function load(
  context: TailContext,
  cluster: Cluster,
  { name, rate, seconds }: { name: string; rate: number; seconds: number },
): Promise<OpenLoopResult> {
  let ended = 0;
  const queries = Math.ceil(rate * seconds);
  return await runOpenLoop({
    url: cluster.url,
    path: searchPath(index),
    bodyOf: makeBodies(context),
    queries,
    rate,
    random: createRandom(context.seed),
    clock: context.clock,
    onOutcome: () => context.progress(`${name}: ${++ended} of ${queries} queries`),
  });
}
