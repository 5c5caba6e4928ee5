import type { TupleSource } from '../tuples/tuple-source.ts';

/** Where values lie beside a key that was sent, in whatever segment they are read. */
export interface KeyBound {
  /** Ascending order of a value that was read, not `noValue`, and the key. */
  compare(value: number): number;
}

/**
 * A place of tuples of which few are kept: what is read of a document tells whether the tuple may be on the page, and only then gets
 * a number that holds in every segment.
 */
export interface PageSource extends TupleSource {
  /** A key to compare values to. */
  boundAt(key: number | string): KeyBound;
  /** The number of a value that was read. @throws SheafError AGGREGATION_TOO_MANY_BUCKETS */
  numberOf(value: number): number;
}
