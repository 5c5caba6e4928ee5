/** What differs between the kinds of index on the indexing thread; replica-writer.ts is what does not. */
import type { ColumnsReport } from '../../shared/protocol/columns-report.ts';
import type { IndexedField } from '../../shared/schema/schema.ts';
import type { KeyChanges, KeyHistory } from '../keys/key-history.ts';
import type { Live, StoredSegment } from '../snapshot/stored-segment.ts';
import type { OffsetBatch } from './pending.ts';
import type { NumberedSegment } from './replica-files.ts';

/** Entries that were read from the log and are not searchable yet. */
export interface PendingEntries {
  /** Bytes of the batches held, superseded entries included: what it costs to wait. */
  readonly sizeBytes: number;
  /** Takes the entries of a batch above `after`. Returns how many were put. @throws SheafError LOG_CORRUPT */
  take(batch: OffsetBatch, after: number): number;
  /** Whether a document that went by a routing may be among them; absent where that is not looked at. */
  readonly hasRouted?: boolean;
}

export interface MadeSearchable<S extends StoredSegment> {
  readonly kept: readonly NumberedSegment<S>[];
  readonly added: Live<S> | null;
  /** What is to be remembered of keys; null where the kind of index remembers nothing. */
  readonly changes: KeyChanges | null;
}

/** @typeParam S its segments @typeParam P what waits to become one */
export interface SegmentEngine<S extends StoredSegment, P extends PendingEntries> {
  /** Nothing is copied. @throws SheafError SEGMENT_CORRUPT */
  readonly open: (buffer: SharedArrayBuffer) => S;
  newPending(): P;
  /** The segments after what is pending has been applied, older ones first. Nothing given is changed but `pending`, which is done with. */
  makeSearchable(
    fields: readonly IndexedField[],
    segments: readonly NumberedSegment<S>[],
    pending: P,
    history: KeyHistory,
  ): MadeSearchable<S>;
  /** Segments that follow one another, as one. */
  merge(fields: readonly IndexedField[], inputs: readonly Live<S>[]): SharedArrayBuffer;
  /** What is told of their columns; left out where nothing is. */
  readonly columnsOf?: (segments: readonly S[]) => ColumnsReport;
}
