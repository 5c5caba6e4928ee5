/**
 * The read pipeline of a leaf: from a task to a partial answer. Only the order of the stages.
 */
import type { Clock } from '../shared/clock/clock.ts';
import type { Task } from '../shared/protocol/tasks.ts';
import { runJob } from './schedule/run-job.ts';
import type { Scheduler } from './schedule/scheduler.ts';
import { assemble, type Answer } from './tasks/assemble.ts';
import { chooseShards, type AskedReplica } from './tasks/choose-shards.ts';
import { startRun, type TaskResult, type TaskRun } from './tasks/task-run.ts';
import { waitingSignal } from './tasks/waiting-signal.ts';

export interface SearchStages {
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly find: (indexId: string, shard: number) => AskedReplica | undefined;
}

/**
 * Answers a task within its `remainingMs`, counted from now.
 *
 * @param signal the asker does not want the answer any more
 * @throws SheafError LEAF_TIMEOUT, LEAF_BUSY, NOT_READY, and what evaluation throws; Cancelled after the signal
 */
export async function search(stages: SearchStages, task: Task, signal: AbortSignal): Promise<Answer> {
  const { clock, scheduler, find } = stages;
  const deadline = clock.now() + task.remainingMs;
  const chosen = await chooseShards({
    task,
    find,
    waitingEnds: waitingSignal({ task, find }, task.remainingMs, signal),
  });
  let run: TaskRun | null = null;
  let result: TaskResult | null = null;
  const step = (documentsMax: number): boolean => {
    run ??= startRun(task, chosen.shards);
    if (!run.step(documentsMax)) return false;
    result = run.result();
    return true;
  };
  await runJob(scheduler, step, { deadline, signal });
  return assemble(task, chosen, result!);
}
