/** Entries of one shard that were read from the log and are not searchable yet. The last entry of a key wins. */
import { SheafError } from '../../shared/errors.ts';
import { readEntries } from '../../shared/log/batch.ts';

export interface PendingPut {
  readonly key: string;
  readonly offset: number;
  /** The document's JSON. */
  readonly source: Uint8Array;
}

/** The bytes of one record batch and where they stand in the partition. */
export interface OffsetBatch {
  readonly firstOffset: number;
  readonly count: number;
  readonly bytes: Uint8Array;
}

export class Pending {
  /** Bytes of the batches held, superseded entries included: what it costs to wait. */
  sizeBytes = 0;
  /** By key, in the order of the log; null is a delete. */
  private readonly entries = new Map<string, PendingPut | null>();

  /**
   * Takes the entries of a batch above `after`.
   * @returns how many documents were put
   * @throws SheafError LOG_CORRUPT
   */
  take(batch: OffsetBatch, after: number): number {
    let offset = batch.firstOffset;
    let documents = 0;
    for (const { kind, key, body } of readEntries(batch.bytes)) {
      if (offset > after) {
        if (kind !== 'put' && kind !== 'delete')
          throw new SheafError('LOG_CORRUPT', { detail: { offset, reason: 'no document' } });
        // Deleted first, because a Map keeps the place of a key that is set again, and segments keep the log's order.
        this.entries.delete(key);
        this.entries.set(key, kind === 'put' ? { key, offset, source: body } : null);
        if (kind === 'put') documents++;
      }
      offset++;
    }
    this.sizeBytes += batch.bytes.length;
    return documents;
  }

  /** Every key that was put or deleted: older versions of these are no longer valid. */
  keys(): Iterable<string> {
    return this.entries.keys();
  }

  /** The documents to index, offsets ascending. */
  puts(): PendingPut[] {
    return [...this.entries.values()].filter((entry) => entry !== null);
  }
}
