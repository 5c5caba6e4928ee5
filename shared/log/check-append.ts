/** Whether a log may take an append: what it records, every reader has to be able to read. Pure. */
import { readCatalogChange } from '../catalog/catalog-change.ts';
import { SheafError } from '../errors.ts';
import type { AppendBatch } from './append-batch.ts';
import { readJobEntry } from '../jobs/job-entry.ts';
import { readLeaseEntry } from '../lease/lease-entry.ts';
import { readSourceEntry } from '../sources/source-entry.ts';
import { readClaimEntry } from '../snapshots/claim-entry.ts';
import { countEntries, readEntries, type EntryKind } from './batch.ts';
import { catalogPartition, claimsPartition, jobsPartition, leasesPartition, sourcesPartition } from './log.ts';

/** Of the partitions that are of no index: how it reads an entry. */
const readers: Readonly<Record<string, (kind: EntryKind, key: string, body: Uint8Array) => unknown>> = {
  [catalogPartition]: readCatalogChange,
  [claimsPartition]: (kind, _key, body) => readClaimEntry(kind, body),
  [jobsPartition]: (kind, _key, body) => readJobEntry(kind, body),
  [leasesPartition]: (kind, _key, body) => readLeaseEntry(kind, body),
  [sourcesPartition]: (kind, _key, body) => readSourceEntry(kind, body),
};

/**
 * Checks the form of a batch: its header, its version, that its entries end where it does and are as many as it is said to
 * have. What is in an entry is for the kind of the index to read, but for the catalog, the claims, the leases, the jobs and the sources: those are
 * read by every process.
 * Cost: one step an entry.
 * @throws SheafError BATCH_INVALID, BATCH_VERSION_UNKNOWN
 */
export function checkBatch({ partition, count, bytes }: AppendBatch): void {
  const actual = countEntries(bytes);
  if (actual !== count || count === 0) {
    const reason = 'another number of entries than was said';
    throw new SheafError('BATCH_INVALID', { detail: { partition, expected: count, actual, reason } });
  }
  const read = readers[partition];
  if (read === undefined) return;
  for (const { kind, key, body } of readEntries(bytes)) read(kind, key, body);
}
