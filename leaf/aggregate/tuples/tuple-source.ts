import type { Segment } from '../../segment/open.ts';
import type { Steps } from '../../schedule/steps.ts';

/** One place of tuples: reads the values of documents as numbers that hold in every segment. */
export interface TupleSource {
  enterSegment(segment: Segment): void;
  /** Whether every document of the segment has one value at most. */
  readonly isSingle: boolean;
  /** Puts the values of a document into `values`, repeats kept. Returns how many; it has no tuple where it has none. */
  read(docId: number): number;
  /** Replaced by a longer one where documents have more. */
  readonly values: Float64Array;
  /** Ascending order of two values, neither `noValue`. */
  compare(a: number, b: number): number;
  /** Gets ready to compare by `compareRanked`. To be called once all is collected. */
  rank(): Steps<void>;
  /** The same order at less cost. */
  compareRanked(a: number, b: number): number;
  /** The key that is sent. */
  keyOf(value: number): number | string;
}

/** What documents without a value have where they are in a bucket of their own; no column holds it. */
export const noValue = Infinity;
