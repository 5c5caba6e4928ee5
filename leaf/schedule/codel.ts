/**
 * Whether a queue stands: CoDel, which looks at how long each job waited, not at how many wait. A queue that empties at
 * times is a good one, however long it was; one whose shortest wait stays above the target for a whole interval only
 * adds delay. Then a job is to be shed, and the next ones sooner and sooner, until a wait is short again. Pure.
 *
 * Source: Nichols and Jacobson, "Controlling Queue Delay" (ACM Queue, 2012); RFC 8289, whose pseudocode this follows.
 * Its packets are jobs here, and a last job is never shed, as its last packet never is. A target of less than a few
 * jobs take would call every queue a standing one (RFC 8289, 4.4, on slow links), so heavy jobs raise it.
 */
export interface CoDelOptions {
  /** A wait that may stand, in milliseconds. */
  readonly targetMs: number;
  /** Longer than the waits of a burst that is no trouble, in milliseconds. */
  readonly intervalMs: number;
}

const codelDefaults: CoDelOptions = { targetMs: 5, intervalMs: 100 };

/** A wait for so many jobs may stand, however long they take. */
const targetJobs = 4;

/** Shedding that began again so soon goes on where it ended, in intervals (RFC 8289, 5.4). */
const soonIntervals = 16;

export class CoDel {
  private readonly options: CoDelOptions;
  /** When waits will have been long for an interval; `null` while they are short. */
  private longFrom: number | null = null;
  private shedding = false;
  private shedNextAt = 0;
  /** Jobs shed since shedding began, and what that was when it began. */
  private count = 0;
  private countBefore = 0;
  private lookedAt = -Infinity;

  constructor(options: CoDelOptions = codelDefaults) {
    this.options = options;
  }

  /** Whether the queue stood when it was last looked at, and that is not long ago. */
  isStanding(now: number): boolean {
    return this.shedding && now - this.lookedAt < this.options.intervalMs;
  }

  /**
   * A job leaves the queue. True when it should be shed.
   * @param waitedMs since it came
   * @param waiting jobs that are still in the queue
   * @param serviceMs what a job takes lately
   */
  take(now: number, waitedMs: number, waiting: number, serviceMs = 0): boolean {
    this.lookedAt = now;
    const targetMs = Math.max(this.options.targetMs, serviceMs * targetJobs);
    const isLong = this.hasBeenLong(now, waitedMs < targetMs || waiting === 0);
    if (!this.shedding) return isLong && this.begin(now);
    if (!isLong) {
      this.shedding = false;
      return false;
    }
    if (now < this.shedNextAt) return false;
    this.count++;
    this.shedNextAt = this.after(this.shedNextAt);
    return true;
  }

  private hasBeenLong(now: number, isShort: boolean): boolean {
    if (isShort) {
      this.longFrom = null;
      return false;
    }
    this.longFrom ??= now + this.options.intervalMs;
    return now >= this.longFrom;
  }

  private begin(now: number): true {
    this.shedding = true;
    const shedLately = this.count - this.countBefore;
    const soon = now - this.shedNextAt < soonIntervals * this.options.intervalMs;
    this.count = soon && shedLately > 1 ? shedLately : 1;
    this.countBefore = this.count;
    this.shedNextAt = this.after(now);
    return true;
  }

  /** The control law: the gap shrinks with the square root of how many were shed. */
  private after(time: number): number {
    return time + this.options.intervalMs / Math.sqrt(this.count);
  }
}
