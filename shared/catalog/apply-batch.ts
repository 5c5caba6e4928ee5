/** A batch of the catalog's partition, applied: all of it or nothing. Pure. */
import { SheafError } from '../errors.ts';
import { readEntries } from '../log/batch.ts';
import type { LogBatch } from '../log/log.ts';
import { applyCatalogEntry, type CatalogState } from './catalog.ts';

/**
 * The state after a batch; one that is skipped has no entries, and its offsets are passed all the same.
 * @throws SheafError BATCH_INVALID, BATCH_VERSION_UNKNOWN when it cannot be read; nothing of it counts then
 */
export function applyCatalogBatch(state: CatalogState, { firstOffset, count, bytes }: LogBatch): CatalogState {
  let next = state;
  let offset = firstOffset;
  for (const { kind, key, body } of readEntries(bytes)) {
    if (kind !== 'put') throw new SheafError('BATCH_INVALID', { detail: { offset, kind, reason: 'no change' } });
    next = applyCatalogEntry(next, offset++, key, body);
  }
  const last = firstOffset + count - 1;
  return last > next.offset ? { ...next, offset: last } : next;
}
