/** How the time of one query is divided. Pure; milliseconds on the caller's clock. */
export interface Deadlines {
  /** The answer leaves by then. */
  readonly answerBy: number;
  /** Leaves are waited for until then: a reserve is kept for the merge. */
  readonly scatterBy: number;
}

/** @param reserveMs kept for the merge, but never more than half of the time; see merge-reserve.ts */
export function planDeadlines(arrivedAt: number, timeoutMs: number, reserveMs: number): Deadlines {
  const answerBy = arrivedAt + timeoutMs;
  return { answerBy, scatterBy: answerBy - Math.min(timeoutMs / 2, reserveMs) };
}

/** The statistics round may take half of what is left: a silent leaf must not eat the time of the search itself. */
export function statisticsDeadline(now: number, deadlines: Deadlines): number {
  return now + Math.max(0, deadlines.scatterBy - now) / 2;
}
