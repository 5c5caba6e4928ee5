/** Whether a log may take an append: what it records, every reader has to be able to read. Pure. */
import { readCatalogChange } from '../catalog/catalog-change.ts';
import { SheafError } from '../errors.ts';
import type { AppendBatch } from './append-batch.ts';
import { countEntries, readEntries } from './batch.ts';
import { catalogPartition } from './log.ts';

/**
 * Checks the form of a batch: its header, its version, that its entries end where it does and are as many as it is said to
 * have. What is in an entry is for the kind of the index to read, but for the catalog: every process reads that.
 * Cost: one step an entry.
 * @throws SheafError BATCH_INVALID, BATCH_VERSION_UNKNOWN
 */
export function checkBatch({ partition, count, bytes }: AppendBatch): void {
  const actual = countEntries(bytes);
  if (actual !== count || count === 0) {
    const reason = 'another number of entries than was said';
    throw new SheafError('BATCH_INVALID', { detail: { partition, expected: count, actual, reason } });
  }
  if (partition !== catalogPartition) return;
  for (const { kind, key, body } of readEntries(bytes)) readCatalogChange(kind, key, body);
}
