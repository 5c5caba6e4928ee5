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

/** Share of what is left, and at most so many milliseconds, that a search which holds sources back leaves for fetching. */
const fetchShare = 1 / 8;
const fetchMsMax = 50;

/** When the round that finds is over, where another may have to fetch what it held back. */
export function findDeadline(now: number, { scatterBy }: Deadlines): number {
  return scatterBy - Math.min(fetchMsMax, Math.max(0, scatterBy - now) * fetchShare);
}

/** The fetch may take half of what is left: what a silent leaf does not give may be had by asking others to search. */
export function fetchDeadline(now: number, deadlines: Deadlines): number {
  return now + Math.max(0, deadlines.scatterBy - now) / 2;
}

/** The statistics round may take half of what is left: a silent leaf must not eat the time of the search itself. */
export function statisticsDeadline(now: number, deadlines: Deadlines): number {
  return now + Math.max(0, deadlines.scatterBy - now) / 2;
}
