/**
 * How much of a query's time is kept for merging and sending the answer: twice the 99th percentile of what merges took
 * lately (the other half is for rendering), at least 2 ms; 5 % of the timeout while too few were seen. Time is an
 * argument.
 */
import { WindowedQuantile } from '../scatter/windowed-quantile.ts';

const reserveMsMin = 2;
const reserveShareUnknown = 0.05;
const mergesToKnow = 50;
const windowMs = 30_000;

export class MergeReserve {
  private readonly merges = new WindowedQuantile(windowMs);

  /** From the last partial to the answer, before it is rendered. */
  record(tookMs: number, now: number): void {
    this.merges.record(tookMs, now);
  }

  reserveMs(timeoutMs: number, now: number): number {
    if (this.merges.count(now) < mergesToKnow) return Math.max(reserveMsMin, timeoutMs * reserveShareUnknown);
    return Math.max(reserveMsMin, 2 * this.merges.quantile(0.99, now)!);
  }
}
