/**
 * Finding the best documents without looking at all: what cannot enter the best k by the bounds that posting lists
 * carry is passed over. The scores of the documents that are offered are, bit by bit, those of the plain iterators.
 */
export interface ScoreSink {
  /** Only documents with a greater score are wanted. It rises while documents are offered. */
  readonly floor: number;
  offer(docId: number, score: number): void;
  /** How many documents are wanted. */
  readonly k: number;
  /** So many documents will be offered with greater scores, so the others need not be. */
  raiseFloor(floor: number): void;
}

export interface PrunedSearch {
  /** Documents it would look at over the whole segment if nothing could be passed over. */
  readonly cost: number;
  /**
   * Offers, ascending, every document from `start` up to `end` whose score is above the sink's floor as it comes to it.
   * @param start at least the `end` of the call before
   */
  searchRange(start: number, end: number, sink: ScoreSink): void;
}

/** Whether a document may be a match at all. Asked with ascending docIds. */
export type Accept = (docId: number) => boolean;

/** Bounds are this much above what rounding in sums and quotients could make of the scores they bound. */
export const boundSlack: number = 1 + 1e-10;

/** A query whose best documents can be found without looking at all, and what is known of how many there are. */
export interface Prunable {
  readonly search: PrunedSearch;
  /** At least so many live documents match. */
  readonly matchesMin: number;
  /** Whether that is exactly how many. */
  readonly exact: boolean;
  /** Whether finding the best and counting all, apart, is less work than scoring all: see MatchCounter. */
  readonly countsApart: boolean;
}
