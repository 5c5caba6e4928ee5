/** Which of many shards have nothing that matches: at most one shard a step. */
import type { MatchesTask } from '../../shared/protocol/tasks/matches.ts';
import { mayMatchLive } from '../evaluate/may-match.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import type { TaskRun } from './task-run.ts';

/** What looking at a segment costs, in documents. */
const segmentCost = 8;

/** @param positions ascending; what the task's places at these positions have */
export function matchesRun(
  { places, queries }: MatchesTask,
  positions: readonly { readonly shard: number; readonly snapshot: Snapshot }[],
): TaskRun {
  const excluded: Record<string, number> = {};
  let next = 0;
  return {
    step: (documentsMax) => {
      for (let left = documentsMax; left > 0 && next < positions.length; next++) {
        const { shard: position, snapshot } = positions[next]!;
        const query = queries[places[String(position)]!.query]!;
        if (!snapshot.segments.some((live) => mayMatchLive(live, query))) excluded[position] = snapshot.documents;
        left -= segmentCost * Math.max(1, snapshot.segments.length);
      }
      return next >= positions.length;
    },
    wholeBelow: () => positions[next]?.shard ?? Infinity,
    result: () => ({ own: { kind: 'matches', excluded: { ...excluded } }, body: [] }),
  };
}
