/** How the time of one query is divided. Pure; milliseconds on the caller's clock. */
export interface Deadlines {
  /** The answer leaves by then. */
  readonly answerBy: number;
  /** Leaves are waited for until then: a reserve is kept for the merge. */
  readonly scatterBy: number;
}

const reserveMsMin = 2;
const reserveShare = 0.05;

export function planDeadlines(arrivedAt: number, timeoutMs: number): Deadlines {
  const reserveMs = Math.min(timeoutMs / 2, Math.max(reserveMsMin, timeoutMs * reserveShare));
  return { answerBy: arrivedAt + timeoutMs, scatterBy: arrivedAt + timeoutMs - reserveMs };
}

/** The statistics round may take half of what is left: a silent leaf must not eat the time of the search itself. */
export function statisticsDeadline(now: number, deadlines: Deadlines): number {
  return now + Math.max(0, deadlines.scatterBy - now) / 2;
}
