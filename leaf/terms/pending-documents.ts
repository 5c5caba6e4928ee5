/** Entries of a term index that were read from the log and are not searchable yet: documents, one for each ordinal. */
import { SheafError } from '../../shared/errors.ts';
import { limits } from '../../shared/limits.ts';
import { readEntries } from '../../shared/log/batch.ts';
import type { OffsetBatch } from '../indexing/pending.ts';
import type { PendingEntries } from '../indexing/segment-engine.ts';

export interface PendingDocument {
  /** Its log offset. */
  readonly ordinal: number;
  readonly key: string;
  /** Its JSON. */
  readonly source: Uint8Array;
}

export class PendingDocuments implements PendingEntries {
  sizeBytes = 0;
  /** Ordinals ascending. */
  readonly documents: PendingDocument[] = [];

  /** @throws SheafError LOG_CORRUPT for what would change a document, INDEX_FULL for an offset that is no ordinal */
  take(batch: OffsetBatch, after: number): number {
    const lastOffset = batch.firstOffset + batch.count - 1;
    const limit = limits.termOrdinalMax;
    if (lastOffset > limit) throw new SheafError('INDEX_FULL', { detail: { limit, actual: lastOffset } });
    let ordinal = batch.firstOffset;
    let documents = 0;
    for (const { kind, key, body } of readEntries(batch.bytes)) {
      if (kind === 'judged') throw new SheafError('LOG_CORRUPT', { detail: { offset: ordinal, reason: 'judged' } });
      // Roots write nothing but puts: a document stays what it is.
      if (ordinal > after && kind === 'put') {
        this.documents.push({ ordinal, key, source: body });
        documents++;
      }
      ordinal++;
    }
    this.sizeBytes += batch.bytes.length;
    return documents;
  }
}
