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

/**
 * When a round ends after which there is another. Once `enoughFrom` has come it goes on without what is late, if what
 * has answered makes an answer; else giving up would save no time that is of use to anybody, and it waits until `deadline`.
 */
export interface RoundEnd {
  readonly enoughFrom: number;
  readonly deadline: number;
  /** Whether its tasks take long, so that leaves should answer with what they have by then. */
  readonly cutsShort: boolean;
}

/** Share of what is left, and at most so many milliseconds, that a search which holds sources back leaves for fetching. */
const fetchShare = 1 / 8;
const fetchMsMax = 50;

/** Of the round that finds, where another may have to fetch what it held back. */
export function endOfFinding(now: number, { scatterBy }: Deadlines): RoundEnd {
  const enoughFrom = scatterBy - Math.min(fetchMsMax, leftOf(now, scatterBy) * fetchShare);
  return { enoughFrom, deadline: scatterBy, cutsShort: true };
}

/** The fetch may take half of what is left: what a silent leaf does not give may be had by asking others to search. */
export function fetchDeadline(now: number, { scatterBy }: Deadlines): number {
  return now + leftOf(now, scatterBy) / 2;
}

/** The statistics round may take half of what is left: a silent leaf must not eat the time of the search itself. */
export function endOfCounting(now: number, { scatterBy }: Deadlines): RoundEnd {
  return { enoughFrom: now + leftOf(now, scatterBy) / 2, deadline: scatterBy, cutsShort: false };
}

/** Of the time until then, what a round of term sets leaves for fetching what the others found. */
const fetchShareOfSets = 0.25;

/** Of the round that gathers the sets of a term index, before their documents are fetched. */
export function endOfSets(now: number, { scatterBy }: Deadlines): RoundEnd {
  const enoughFrom = scatterBy - leftOf(now, scatterBy) * fetchShareOfSets;
  return { enoughFrom, deadline: scatterBy, cutsShort: true };
}

/** Of what is left, for finding out which shards need not be asked: what is not known by then is asked. */
const skippingShare = 1 / 8;

export function endOfSkipping(now: number, { scatterBy }: Deadlines): number {
  return now + leftOf(now, scatterBy) * skippingShare;
}

function leftOf(now: number, until: number): number {
  return Math.max(0, until - now);
}
