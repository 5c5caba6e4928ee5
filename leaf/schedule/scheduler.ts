/**
 * Shares the answering thread between tasks, in slices of time. No I/O: the clock and the way to ask for another turn
 * come in as arguments, so that the order of everything can be tested.
 *
 * A job is only noted when it is submitted. Work happens in turns, and the owner of the scheduler begins a turn after
 * the sockets were read: so every cancel that had arrived is known before a job starts. A leaf that was stopped for a
 * while finds more in its sockets than one reading takes, so after a long reading another comes first. A turn lasts
 * about one slice. Light jobs end within it, many of them; a heavy one is put behind the others and goes on later.
 *
 * Interactive jobs go before batch jobs, but for those that have been here for an eighth of their time: these get up to a
 * quarter of the thread (docs/decisions/0118-batch-jobs-age.md). Where batch jobs stand in line (see codel.ts) some are
 * shed; where interactive ones do, the leaf says that it is overloaded, and nothing is asked of it twice. None of them is
 * shed: one task fewer helps no query. What there is to do is told to the roots (backlog-news.ts), which refuse whole queries by it.
 */
import type { Clock } from '../../shared/clock/clock.ts';
import { SheafError } from '../../shared/errors.ts';
import type { Priority } from '../../shared/protocol/priority.ts';
import type { Backlog } from '../../shared/protocol/reports.ts';
import type { EmulatedWork } from './emulated-work.ts';
import { JobQueue, type Taken } from './job-queue.ts';
import type { Job, JobOutcome } from './job.ts';

export interface SchedulerOptions {
  readonly clock: Clock;
  /** Asks that `turn` be called soon, after pending I/O. */
  readonly wake: () => void;
  /** Interactive jobs begin to stand in line. */
  readonly onOverload?: () => void;
  /** A turn has ended. */
  readonly onTurn?: () => void;
  /** For benchmarks: every job occupies the leaf for a time that it does not use. */
  readonly emulated?: EmulatedWork;
}

/** Jobs waiting and begun. */
export const jobsMax = 1000;
/** Jobs of one priority that take turns. More would share the time thinner and hold more memory without ending sooner. */
export const begunMax = 16;
const sliceMs = 1;
/** Of the thread's time aged batch jobs get at most so much while interactive ones wait. */
const agedShareMax = 0.25;
/** Small enough to end within a slice even with nested aggregations, large enough to hide the cost of the clock. */
const documentsPerStep = 1024;
/** Weight of one more job in the average of what jobs take. */
const serviceWeight = 0.1;
/** Jobs and cancels that came between two turns, above which there may be more to read. */
export const longReading = 256;
/** How often the reading goes on before a turn all the same. */
export const readingsMax = 16;

export class Scheduler {
  private readonly options: SchedulerOptions;
  private readonly clock: Clock;
  private readonly queues: Readonly<Record<Priority, JobQueue>> = {
    interactive: new JobQueue(),
    batch: new JobQueue(),
  };
  private turnAsked = false;
  private stopped = false;
  private wasOverloaded = false;
  /** Jobs and cancels noted since the last turn, and the readings that brought them. */
  private noted = 0;
  private readings = 0;
  /** What a job takes of the thread lately, and what was spent since the last one ended. */
  private serviceMs = 0;
  private spentMs = 0;
  /** How long interactive jobs have the thread before aged batch jobs get it again. */
  private owedMs = 0;

  constructor(options: SchedulerOptions) {
    this.options = options;
    this.clock = options.clock;
  }

  /** Jobs waiting and begun. */
  get count(): number {
    return this.queues.interactive.size + this.queues.batch.size;
  }

  /** What is here, by what a job takes lately. */
  get backlog(): Backlog {
    const { interactive, batch } = this.queues;
    const timeOf = (jobs: number): number => Math.round(jobs * this.serviceMs * 1000) / 1000;
    return {
      interactiveMs: timeOf(interactive.size),
      batchMs: timeOf(interactive.size + batch.size),
      taskMs: timeOf(1),
    };
  }

  /** Interactive jobs stand in line: nothing should be asked twice. */
  get isOverloaded(): boolean {
    return this.queues.interactive.isStanding(this.clock.now());
  }

  /** Batch jobs stand in line, and some are shed. */
  get isShedding(): boolean {
    return this.queues.batch.isStanding(this.clock.now());
  }

  /** @throws SheafError LEAF_BUSY when the queue is full, NOT_READY when stopped; the job is not taken then */
  submit(job: Job): void {
    if (this.stopped) throw new SheafError('NOT_READY');
    if (this.count >= jobsMax) throw new SheafError('LEAF_BUSY', { detail: { limit: jobsMax, actual: this.count } });
    this.queues[job.priority].add(job, this.clock.now());
    this.noted++;
    this.askForTurn();
  }

  /** Ends a job that is waiting or between two slices; no effect on one that has ended. */
  cancel(job: Job): void {
    const was = this.queues[job.priority].delete(job, this.clock.now());
    this.noted++;
    if (was !== undefined) job.onEnd({ kind: 'cancelled', begun: was === 'begun' });
  }

  /** One turn: about one slice of work. */
  turn(): void {
    this.work();
    this.options.onTurn?.();
  }

  private work(): void {
    this.turnAsked = false;
    if (this.readsOn()) return this.askForTurn();
    const end = this.clock.now() + sliceMs;
    do {
      const taken = this.next();
      if (taken === undefined) return;
      if (this.isDropped(taken)) continue;
      if (this.isOccupied(taken)) return;
      this.run(taken, end);
    } while (this.clock.now() < end);
    if (this.count > 0) this.askForTurn();
  }

  /** Ends every job and takes no more. */
  stop(): void {
    this.stopped = true;
    const jobs = Object.values(this.queues).flatMap((queue) => queue.clear());
    for (const job of jobs) job.onEnd({ kind: 'stopped' });
  }

  private askForTurn(): void {
    if (this.turnAsked) return;
    this.turnAsked = true;
    this.options.wake();
  }

  private readsOn(): boolean {
    const isLong = this.noted >= longReading && this.readings < readingsMax;
    this.noted = 0;
    this.readings = isLong ? this.readings + 1 : 0;
    return isLong;
  }

  private next(): Taken | undefined {
    const { interactive, batch } = this.queues;
    const now = this.clock.now();
    // One job at a time has the leaf where work is emulated.
    const begun =
      this.options.emulated === undefined ? undefined : (interactive.takeBegun(now) ?? batch.takeBegun(now));
    if (begun !== undefined) return begun;
    if (interactive.size === 0) this.owedMs = 0;
    const isAgedNext = interactive.size > 0 && this.owedMs <= 0;
    const aged = isAgedNext ? batch.takeAged(now, begunMax, this.serviceMs) : undefined;
    if (aged !== undefined) return aged;
    const taken = interactive.take(now, begunMax, this.serviceMs);
    const isOverloaded = interactive.isStanding(now);
    if (isOverloaded && !this.wasOverloaded) this.options.onOverload?.();
    this.wasOverloaded = isOverloaded;
    return taken ?? batch.take(now, begunMax, this.serviceMs);
  }

  /** Ends a job that is too late, or that has to give way. */
  private isDropped({ job, begins, shed }: Taken): boolean {
    if (this.clock.now() >= job.deadline) this.end(job, { kind: begins ? 'overdue' : 'expired' });
    else if (shed && job.priority === 'batch') this.end(job, { kind: 'shed' });
    else return false;
    return true;
  }

  /** Whether emulated work occupies the leaf; the job then goes on when that is over. */
  private isOccupied(taken: Taken): boolean {
    const { emulated } = this.options;
    if (emulated === undefined) return false;
    if (taken.begins) {
      emulated.occupy(this.clock.now());
      this.noteSpent(taken.job, emulated.taskMs);
    }
    if (!emulated.isOccupied(this.clock.now())) return false;
    this.queues[taken.job.priority].putBack(taken);
    return true;
  }

  private run(taken: Taken, end: number): void {
    const { job } = taken;
    let done = false;
    const startedAt = this.clock.now();
    try {
      do done = job.step(documentsPerStep);
      while (!done && this.clock.now() < end);
    } catch (error) {
      return this.end(job, { kind: 'failed', error });
    } finally {
      this.noteSpent(job, this.clock.now() - startedAt);
    }
    if (done) {
      this.noteService();
      this.end(job, { kind: 'done' });
    } else this.queues[job.priority].putBack(taken);
  }

  /** Of the job that was taken last. */
  private end(job: Job, outcome: JobOutcome): void {
    this.queues[job.priority].ended(this.clock.now());
    job.onEnd(outcome);
  }

  private noteSpent({ priority }: Job, ms: number): void {
    this.spentMs += ms;
    this.owedMs = Math.max(0, this.owedMs) + (priority === 'batch' ? ms * (1 / agedShareMax - 1) : -ms);
  }

  private noteService(): void {
    this.serviceMs += serviceWeight * (this.spentMs - this.serviceMs);
    this.spentMs = 0;
  }
}
