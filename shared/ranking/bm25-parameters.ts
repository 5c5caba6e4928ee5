/** What BM25 lets a field choose. */
export interface Bm25Parameters {
  /** How soon repeating a term stops to count: 0 at once, so that only presence counts; greater is later. */
  readonly k1: number;
  /** How much the length of the text counts: 0 not at all, 1 fully. */
  readonly b: number;
}

/** Those of a field that has none of its own, as in Lucene. */
export const defaultBm25: Bm25Parameters = { k1: 1.2, b: 0.75 };
