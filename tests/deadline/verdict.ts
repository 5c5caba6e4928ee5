/** Whether a time that was measured says anything, by how late a bare timer was meanwhile. Pure. */

/** Of a bare timer that waits again and again, in milliseconds. */
export interface Lateness {
  /** The longest it was late at once. */
  readonly lateMsMax: number;
  /** In all. */
  readonly lateMs: number;
  /** What it should have waited in all. */
  readonly waitedMs: number;
}

/** Where the thread of the timer writes them. */
export const cells: Readonly<Record<keyof Lateness, number>> = { lateMsMax: 0, lateMs: 1, waitedMs: 2 };

export type Verdict = 'kept' | 'missed' | 'too slow to tell';

/** Of the limit at once, or of all the time: a bare timer that is later than that is not woken when it should be. */
const lateShareMax = 0.25;

/** How many times as late as a bare timer in all something may be that waits for several things in turn. */
const turns = 4;

/** What was done in time was done in time, however slow the machine; what a slow machine does not explain was missed. */
export function verdictOf(tookMs: number, limitMs: number, { lateMsMax, lateMs, waitedMs }: Lateness): Verdict {
  const overMs = tookMs - limitMs;
  if (overMs <= 0) return 'kept';
  const isLate = lateMsMax > limitMs * lateShareMax || lateMs > waitedMs * lateShareMax;
  const isExplained = overMs <= turns * Math.max(lateMsMax, lateMs);
  return isLate && isExplained ? 'too slow to tell' : 'missed';
}
