/** What became of judged entries, as far as the replicas remember. */
import type { FoundOutcome, OutcomesTask } from '../../shared/protocol/tasks/outcomes.ts';
import type { Outcomes } from '../keys/outcomes.ts';
import { atOnce, type TaskRun } from './task-run.ts';

/** Cost: a binary search an entry. */
export function outcomesRun(
  { wanted }: OutcomesTask,
  shards: readonly { readonly shard: number; readonly snapshot: { readonly outcomes: Outcomes } }[],
): TaskRun {
  return atOnce(() => {
    const found: Record<string, readonly FoundOutcome[]> = {};
    for (const { shard, snapshot } of shards) {
      found[shard] = (wanted[shard] ?? []).flatMap((offset): FoundOutcome[] => {
        const outcome = snapshot.outcomes.find(offset);
        return outcome === undefined ? [] : [[offset, outcome.result, outcome.version, outcome.sequence]];
      });
    }
    return { own: { kind: 'outcomes', found }, body: [] };
  });
}
