/** What searches see of a replica at one moment, whatever the kind of its index: immutable. */
import type { IndexKind } from '../../shared/index-kinds/index-kinds.ts';
import type { Live, StoredSegment } from './stored-segment.ts';

export interface ReplicaSnapshot {
  /** Of the index: it says what the segments are. */
  readonly kind: IndexKind;
  /** In the order of the log. */
  readonly segments: readonly Live<StoredSegment>[];
  /** Highest log offset that is searchable, −1 before the first. */
  readonly offset: number;
  /** Live documents, or rows. */
  readonly documents: number;
}
