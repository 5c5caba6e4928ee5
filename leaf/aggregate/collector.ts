import type { AggregationPartial } from '../../shared/aggregation/definition.ts';
import type { Segment } from '../segment/open.ts';
import type { Steps } from '../schedule/steps.ts';
import type { TermCaches } from './term-caches.ts';

/**
 * Takes the matching documents of segment after segment into numbered buckets and turns each bucket into a partial.
 *
 * A collector at the top has the one bucket 0. One nested in buckets has theirs: it is told the numbers of the buckets
 * its parent put documents in, so that one design serves at every depth.
 */
interface DocumentCollector {
  /** At the top: it is told of every live document in place of those that match. Left out: of those that match. */
  readonly takes?: 'everything';
  /**
   * Gets ready what it and all nested in it read terms by; where it has nothing to get ready it is not there.
   * @param segments that will be entered
   */
  prepare?(segments: readonly Segment[], caches: TermCaches): Steps<void>;
  /** At the top: is told of every live document of the segment besides, from the first on. Left out: of none. */
  see?(docIds: Uint32Array, count: number): void;
  /** At the top: to be called when all was collected so far. */
  complete?(): Steps<void>;
  /** What follows are documents of this segment. */
  enterSegment(segment: Segment): void;
  /**
   * Takes all documents of the segment entered into the bucket 0, where that is less work than taking them in batches, which they
   * then do not come in; none is deleted. Returns false where it has taken none.
   */
  collectAll?(segment: Segment): Steps<boolean>;
  /**
   * Takes a batch of documents (document-batch.ts): documents ascend, and one that is in several buckets comes once for each,
   * one after the other. Neither list is kept or written to.
   * @param count of them, from the front of both lists
   * @throws SheafError AGGREGATION_TOO_MANY_BUCKETS, REQUEST_VALUE_INVALID
   */
  collect(buckets: Uint32Array, docIds: Uint32Array, count: number): void;
}

/** One whose partials are a few numbers each: there may be one in each of very many buckets, so nothing is made for it. */
export interface PlainCollector<P extends AggregationPartial = AggregationPartial> extends DocumentCollector {
  readonly sending: 'atOnce';
  /** Bytes of a partial in JSON, about. */
  readonly partialBytes: number;
  /** What the bucket holds; a bucket never collected is empty. */
  partial(bucket: number): P;
}

/** One whose partials take time, because they have buckets or are large otherwise. */
export interface SteppedCollector<P extends AggregationPartial = AggregationPartial> extends DocumentCollector {
  readonly sending: 'inSteps';
  /** Buckets, nested ones included, that one of its parent's brings with it on average, cut to what is asked for. */
  readonly meanNeeded: number;
  /** The same with nothing to hold it back. */
  readonly meanWanted: number;
  /** About how many buckets, nested ones included, it would send of this one with nothing to hold it back. */
  wanted(bucket: number): number;
  /**
   * What the bucket holds; a bucket never collected is empty.
   * @param share buckets that it should send, nested ones included; it sends more only where less is not what was asked
   * @throws SheafError AGGREGATION_TOO_MANY_BUCKETS
   */
  partial(bucket: number, share: number): Steps<P>;
}

export type Collector<P extends AggregationPartial = AggregationPartial> = PlainCollector<P> | SteppedCollector<P>;
