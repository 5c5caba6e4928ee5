/**
 * The read pipeline of a leaf: from a task to a partial answer. Only the order of the stages.
 */
import type { Clock } from '../shared/clock/clock.ts';
import { SheafError } from '../shared/errors.ts';
import type { Task } from '../shared/protocol/tasks/tasks.ts';
import type { QueryCaches } from './evaluate/query-caches.ts';
import type { LeafKinds } from './kinds/leaf-kind.ts';
import { startRun } from './kinds/start-run.ts';
import type { TaskRun } from './tasks/task-run.ts';
import { dropped, runJob } from './schedule/run-job.ts';
import type { Scheduler } from './schedule/scheduler.ts';
import type { Pins } from './snapshot/pins.ts';
import { assemble, type Answer } from './tasks/assemble.ts';
import { chooseShards, type AskedReplica } from './tasks/choose-shards.ts';
import { Evaluation } from './tasks/evaluation.ts';
import type { RecentSearches } from './tasks/recent-searches.ts';
import { replicasAsked } from './tasks/replicas-asked.ts';
import { stoppingTime } from './tasks/stopping-time.ts';
import { waitingSignal } from './tasks/waiting-signal.ts';

export interface SearchStages {
  readonly kinds: LeafKinds;
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly find: (indexId: string, shard: number) => AskedReplica | undefined;
  readonly pins: Pins;
  /** See ShardAsk. */
  readonly held: Pins;
  readonly caches: QueryCaches;
  readonly recentSearches: RecentSearches;
  /** The earliest time at which a task that is read now can have come; see stall-watch.ts. */
  readonly cameAfter: (now: number) => number;
}

/**
 * Answers a task within its `remainingMs`, counted from when it came. Shards that are not done by then have failed with
 * LEAF_TIMEOUT, the others are answered.
 *
 * @param signal the asker does not want the answer any more
 * @throws SheafError LEAF_TIMEOUT where no shard was done, LEAF_BUSY, NOT_READY, and what evaluation throws; Cancelled
 *   after the signal
 */
export async function search(stages: SearchStages, task: Task, signal: AbortSignal): Promise<Answer> {
  const { kinds, clock, scheduler, pins, held, caches, recentSearches } = stages;
  const find = replicasAsked(task, stages.find);
  const readAt = clock.now();
  recentSearches.note(task, readAt);
  const cameAt = stages.cameAfter(readAt);
  const stopAt = stoppingTime(cameAt, task.remainingMs);
  // After a stall its time may be over. If it is not, another replica is the better one to ask.
  if (cameAt < readAt && stopAt <= readAt) throw dropped('LEAF_BUSY', 'overdue');
  const waitingEnds = waitingSignal({ task, find }, stopAt - readAt, signal);
  const chosen = await chooseShards({ task, find, pins, held, waitingEnds, now: () => clock.now() });
  const start = (): TaskRun => startRun(kinds, task, chosen.shards, caches);
  const evaluation = new Evaluation({ clock, readAt, stopAt, start });
  const step = (documentsMax: number): boolean => evaluation.step(documentsMax);
  const { priority = 'interactive', group } = task;
  const ended = await runJob(scheduler, step, { priority, group, deadline: stopAt, signal });
  const evaluated = evaluation.evaluated();
  if (evaluated === null) throw new SheafError('LEAF_TIMEOUT', { detail: { ended } });
  const answer = assemble(task, chosen, evaluated, evaluation.timing(clock.now()));
  return { ...answer, partial: { ...answer.partial, ...recentSearches.tell(task, clock.now()) } };
}
