/**
 * The evaluation of one task, in steps, that can be cut short: what is asked of several shards is worth something when
 * some of them are done. Pure but for the clock it is given.
 *
 * A half-searched shard cannot be taken back out of a result. So towards the end of its time a result is kept whenever
 * a shard is done, for the case that the next one is not done in time; making one costs something, so not before.
 */
import type { Clock } from '../../shared/clock/clock.ts';
import type { TaskTiming } from '../../shared/protocol/tasks/task.ts';
import type { TaskResult, TaskRun } from './task-run.ts';

/** What is to be answered. */
export interface Evaluated {
  readonly result: TaskResult;
  /** The shards below this one are in the result, the others are not. */
  readonly wholeBelow: number;
}

export interface EvaluationOptions {
  readonly clock: Clock;
  /** When the task was read. */
  readonly readAt: number;
  /** When the evaluation will be cut short. */
  readonly stopAt: number;
  /** Called at the first step. */
  readonly start: () => TaskRun;
}

/** A shard may take so many times as long as the longest before it. */
const caution = 3;
/** And so many milliseconds more, as others take turns on the same thread. */
const cautionMs = 5;

export class Evaluation {
  private readonly options: EvaluationOptions;
  private run: TaskRun | null = null;
  private beganAt = Number.NaN;
  private kept: Evaluated | null = null;
  private shardBeganAt = Number.NaN;
  private longestShardMs = 0;
  private lastBelow: number | undefined;

  constructor(options: EvaluationOptions) {
    this.options = options;
  }

  /** Works on about so many documents; true when all is done. */
  step(documentsMax: number): boolean {
    if (this.run === null) this.begin();
    const run = this.run!;
    const done = run.step(documentsMax);
    const below = run.wholeBelow();
    if (!done && (below === undefined || below === this.lastBelow)) return false;
    // When all is done, nothing is left half done.
    this.lastBelow = below;
    this.noteShard(below ?? Infinity);
    return done;
  }

  /** What there is to answer: everything, or what was done when time ran out; `null` when that is nothing. */
  evaluated(): Evaluated | null {
    return this.kept;
  }

  /** @param now when the answer is made */
  timing(now: number): TaskTiming {
    const { readAt } = this.options;
    const beganAt = Number.isNaN(this.beganAt) ? now : this.beganAt;
    return { queuedUs: Math.round((beganAt - readAt) * 1000), executedUs: Math.round((now - beganAt) * 1000) };
  }

  private begin(): void {
    this.beganAt = this.options.clock.now();
    this.shardBeganAt = this.beganAt;
    this.run = this.options.start();
    this.lastBelow = this.run.wholeBelow();
  }

  /** One more shard is done, or several that were empty. */
  private noteShard(wholeBelow: number): void {
    const now = this.options.clock.now();
    this.longestShardMs = Math.max(this.longestShardMs, now - this.shardBeganAt);
    this.shardBeganAt = now;
    const isLast = wholeBelow === Infinity;
    const mayBeCut = this.options.stopAt - now < caution * this.longestShardMs + cautionMs;
    if (isLast || mayBeCut) this.kept = { result: this.run!.result(), wholeBelow };
  }
}
