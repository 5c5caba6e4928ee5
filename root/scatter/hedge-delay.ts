/**
 * How long a task may take before it is late: the 98th percentile of its class lately, at least 1 ms, at most 0.4 of
 * the time left. A class is an index, a kind of task, and whether it scores: what takes about as long.
 *
 * A task that lost to its hedge, or met the deadline, is recorded with the time it had taken when it was given up. That
 * is less than it would have taken, but more than the delay, so the share of tasks above the delay stays right; left
 * out, the slowest would vanish, the delay would sink, and ever more would be hedged.
 *
 * Source: Dean and Barroso, "The Tail at Scale" (2013), hedged requests; the percentile is higher than their 95th for
 * the sake of the budget (see DESIGN).
 */
import { WindowedQuantile } from './windowed-quantile.ts';

const lateQuantile = 0.98;
const delayMsMin = 1;
const windowMs = 10_000;
/** Below so many samples a percentile this high is a guess. */
const samplesMin = 100;
/** Of a class that is not known yet: more than most tasks take, and soon enough to save a query from a silent leaf. */
const delayMsUnknown = 50;
/** Of the time that is left: a hedge must have time to answer. Less for a class that is not known. */
const shareOfTimeLeft = 0.4;
const shareOfTimeLeftUnknown = 0.25;
/** Indexes come and go; a class is 3 KB. */
const classesMax = 1000;

export class HedgeDelays {
  private readonly classes = new Map<string, WindowedQuantile>();

  /** An attempt took so long; or had, when it was given up for being late. */
  record(taskClass: string, tookMs: number, now: number): void {
    let times = this.classes.get(taskClass);
    if (times === undefined) {
      if (this.classes.size >= classesMax) this.forgetOldest();
      times = new WindowedQuantile(windowMs);
      this.classes.set(taskClass, times);
    }
    times.record(tookMs, now);
  }

  /** Milliseconds after which a task of the class is late. @param leftMs until the deadline */
  delayMs(taskClass: string, leftMs: number, now: number): number {
    const times = this.classes.get(taskClass);
    if (times === undefined || times.count(now) < samplesMin) {
      return Math.max(delayMsMin, Math.min(delayMsUnknown, leftMs * shareOfTimeLeftUnknown));
    }
    return Math.max(delayMsMin, Math.min(times.quantile(lateQuantile, now)!, leftMs * shareOfTimeLeft));
  }

  private forgetOldest(): void {
    for (const oldest of this.classes.keys()) {
      this.classes.delete(oldest);
      return;
    }
  }
}
