import type { SortValue } from '../../shared/ranking/order.ts';
import type { DocumentIterator } from '../evaluate/iterator.ts';
import type { Steps } from '../schedule/steps.ts';
import type { LiveSegment } from '../snapshot/snapshot.ts';

/** A segment among those a run searches. */
export interface SearchedSegment {
  readonly shard: number;
  readonly live: LiveSegment;
}

/** A winner, by where it is. */
export interface CollectedHit {
  readonly searched: SearchedSegment;
  readonly docId: number;
  readonly values: readonly SortValue[];
  /** `null` when none was computed. */
  readonly score: number | null;
}

/** Keeps the best hits of segment after segment. */
export interface HitCollector {
  /** Does in steps what entering a segment would take long with at once. Left out where nothing does. */
  prepare?(searched: SearchedSegment): Steps<void>;
  /** What follows are documents of this segment, and the iterator stands on each as it is collected. */
  enterSegment(searched: SearchedSegment, iterator: DocumentIterator): void;
  collect(docId: number): void;
  /** Best first. */
  hits(): CollectedHit[];
}
