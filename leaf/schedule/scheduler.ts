/**
 * Shares the answering thread between tasks, in slices of time. No I/O: the clock and the way to ask for another turn
 * come in as arguments, so that the order of everything can be tested.
 *
 * A job is only noted when it is submitted. Work happens in turns, and the owner of the scheduler begins a turn after
 * the sockets were read: so every cancel that had arrived is known before a job starts. A turn lasts about one
 * slice. Light jobs end within it, many of them; a heavy one is put behind the others and goes on in a later turn.
 */
import type { Clock } from '../../shared/clock/clock.ts';
import { SheafError } from '../../shared/errors.ts';
import type { EmulatedWork } from './emulated-work.ts';

export interface Job {
  /** Milliseconds on the scheduler's clock after which nobody wants the answer. */
  readonly deadline: number;
  /** Works on at most so many documents; true when there is nothing left to do. */
  step(documentsMax: number): boolean;
  /** Called exactly once, last. */
  onEnd(outcome: JobOutcome): void;
}

export type JobOutcome =
  | { readonly kind: 'done' }
  | { readonly kind: 'failed'; readonly error: unknown }
  /** The deadline passed before the job started, or between two of its steps. */
  | { readonly kind: 'expired' }
  | { readonly kind: 'cancelled' }
  /** The scheduler was stopped. */
  | { readonly kind: 'stopped' };

export interface SchedulerOptions {
  readonly clock: Clock;
  /** Asks that `turn` be called soon, after pending I/O. */
  readonly wake: () => void;
  /** For benchmarks: every job occupies the leaf for a time that it does not use. */
  readonly emulated?: EmulatedWork;
}

/** Jobs waiting and running. */
export const jobsMax = 1000;
/** Jobs that take turns. More would share the time thinner and hold more memory without ending sooner. */
export const runningMax = 16;
const sliceMs = 1;
/** Small enough to end within a slice even with nested aggregations, large enough to hide the cost of the clock. */
export const documentsPerStep = 1024;

export class Scheduler {
  private readonly clock: Clock;
  private readonly wake: () => void;
  private readonly emulated: EmulatedWork | undefined;
  private readonly waiting = new Set<Job>();
  /** In the order of their next slice. */
  private readonly running = new Set<Job>();
  private turnAsked = false;
  private stopped = false;

  constructor(options: SchedulerOptions) {
    this.clock = options.clock;
    this.wake = options.wake;
    this.emulated = options.emulated;
  }

  /** Jobs waiting and running. */
  get count(): number {
    return this.waiting.size + this.running.size;
  }

  /** @throws SheafError LEAF_BUSY when the queue is full, NOT_READY when stopped; the job is not taken then */
  submit(job: Job): void {
    if (this.stopped) throw new SheafError('NOT_READY');
    if (this.count >= jobsMax) throw new SheafError('LEAF_BUSY', { detail: { limit: jobsMax, actual: this.count } });
    this.waiting.add(job);
    this.askForTurn();
  }

  /** Ends a job that is waiting or between two slices; no effect on one that has ended. */
  cancel(job: Job): void {
    if (this.waiting.delete(job) || this.running.delete(job)) job.onEnd({ kind: 'cancelled' });
  }

  /** One turn: about one slice of work. */
  turn(): void {
    this.turnAsked = false;
    const end = this.clock.now() + sliceMs;
    do {
      const job = this.next();
      if (job === undefined) return;
      if (this.emulated?.isOccupied(this.clock.now()) === true) {
        this.running.add(job);
        return;
      }
      this.run(job, end);
    } while (this.clock.now() < end);
    if (this.count > 0) this.askForTurn();
  }

  /** Ends every job and takes no more. */
  stop(): void {
    this.stopped = true;
    const jobs = [...this.running, ...this.waiting];
    this.running.clear();
    this.waiting.clear();
    for (const job of jobs) job.onEnd({ kind: 'stopped' });
  }

  private askForTurn(): void {
    if (this.turnAsked) return;
    this.turnAsked = true;
    this.wake();
  }

  /** Takes out the job whose slice is next. */
  private next(): Job | undefined {
    const startableMax = this.emulated === undefined ? runningMax : 1;
    for (const job of this.waiting) {
      if (this.running.size >= startableMax) break;
      this.waiting.delete(job);
      this.running.add(job);
      this.emulated?.occupy(this.clock.now());
    }
    for (const job of this.running) {
      this.running.delete(job);
      return job;
    }
    return undefined;
  }

  private run(job: Job, end: number): void {
    if (this.clock.now() >= job.deadline) return job.onEnd({ kind: 'expired' });
    let done = false;
    try {
      do done = job.step(documentsPerStep);
      while (!done && this.clock.now() < end);
    } catch (error) {
      return job.onEnd({ kind: 'failed', error });
    }
    if (done) job.onEnd({ kind: 'done' });
    else this.running.add(job);
  }
}
