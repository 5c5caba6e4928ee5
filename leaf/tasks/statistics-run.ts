/** The counts that scores need, over documents: at most one shard a step. */
import type { StatisticsTask } from '../../shared/protocol/tasks/statistics.ts';
import { addStatistics, noStatistics, type Statistics } from '../../shared/ranking/statistics.ts';
import type { QueryCaches } from '../evaluate/query-caches.ts';
import { stepFor, type Steps } from '../schedule/steps.ts';
import { statisticsInSteps } from '../score/statistics.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import type { TaskRun } from './task-run.ts';

/** @param shards ascending */
export function statisticsRun(
  { terms }: StatisticsTask,
  shards: readonly { readonly shard: number; readonly snapshot: Snapshot }[],
  { fuzzy }: QueryCaches,
): TaskRun {
  let statistics = noStatistics;
  let next = 0;
  let counting: Steps<Statistics> | null = null;
  return {
    step: (documentsMax) => {
      const chosen = shards[next];
      if (chosen === undefined) return true;
      counting ??= statisticsInSteps(chosen.snapshot, terms, fuzzy);
      const counted = stepFor(counting, documentsMax);
      if (counted === null) return false;
      statistics = addStatistics(statistics, counted);
      counting = null;
      return ++next >= shards.length;
    },
    wholeBelow: () => (counting === null ? (shards[next]?.shard ?? Infinity) : undefined),
    result: () => ({ own: { kind: 'statistics', statistics }, body: [] }),
  };
}
