/**
 * What whoever holds the lease of the partition of leases does with it: it ends the leases that nobody renews or takes,
 * writes down all that there are, and has what stands before that trimmed. Pure.
 *
 * The lease only spares others the same work. A checkpoint counts for a reader where it tells what the reader knows
 * itself, so one by a holder of before is as good, or counts for nobody.
 */
import { limits } from '../limits.ts';
import { keeperLease, type LeaseEntry, type RevisionOf } from './lease-entry.ts';
import type { LeaseTable } from './lease-table.ts';

/** How long the keeper's own lease lasts. */
export const keeperTtlMs = 10_000;
/** So many times its own time a lease is left alone before it is ended: who wants it takes it long before. */
const leftAloneTimes = 2;

/** What a keeper appends. @param seenAtMs of each lease, when the keeper saw its last renewal, on its own clock */
export function keeperEntry(
  table: LeaseTable,
  seenAtMs: ReadonlyMap<string, number>,
  { holder, attempt, nowMs }: { readonly holder: string; readonly attempt: number; readonly nowMs: number },
): LeaseEntry {
  const dead = table
    .all()
    .filter(({ name, ttlMs }) => name !== keeperLease && nowMs - seenAtMs.get(name)! >= ttlMs * leftAloneTimes)
    .slice(0, limits.leasesPerEntryMax)
    .map(({ name, revision }): RevisionOf => [name, revision]);
  if (dead.length > 0) return { entry: 'expire', holder, attempt, leases: dead };
  return { entry: 'checkpoint', holder, attempt, upTo: table.offset, leases: table.all() };
}
