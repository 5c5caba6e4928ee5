/**
 * What whoever holds the lease of the partition of leases does with it: it ends the leases that nobody renews or takes,
 * writes down all that there are, and has what stands before that trimmed. Pure.
 *
 * The lease only spares others the same work. A checkpoint counts for a reader where it tells what the reader knows
 * itself, so one by a holder of before is as good, or counts for nobody.
 */
import { limits } from '../limits.ts';
import { keeperLease, type Lease, type LeaseEntry, type RevisionOf } from './lease-entry.ts';
import type { LeaseTable } from './lease-table.ts';

/** How long the keeper's own lease lasts. */
export const keeperTtlMs = 10_000;
/** So many times its own time a lease is left alone before it is ended: who wants it takes it long before, and who was paused for a moment is back. */
const leftAloneTimes = 4;

/** When a lease may be ended that was renewed last at that time: on the clock of who saw it. */
export function deadAtMs({ name, ttlMs }: Pick<Lease, 'name' | 'ttlMs'>, seenAtMs: number): number {
  return name === keeperLease ? Infinity : seenAtMs + ttlMs * leftAloneTimes;
}

export interface KeeperNow {
  readonly holder: string;
  readonly attempt: number;
  readonly nowMs: number;
  /** Entries after which a checkpoint is due. */
  readonly checkpointEvery: number;
}

/** What a keeper appends: null where nothing is to be done. @param seenAtMs of each lease, when the keeper saw its last renewal, on its own clock */
export function keeperEntry(
  table: LeaseTable,
  seenAtMs: ReadonlyMap<string, number>,
  { holder, attempt, nowMs, checkpointEvery }: KeeperNow,
): LeaseEntry | null {
  const dead = table
    .all()
    .filter((lease) => nowMs >= deadAtMs(lease, seenAtMs.get(lease.name)!))
    .slice(0, limits.leasesPerEntryMax)
    .map(({ name, revision }): RevisionOf => [name, revision]);
  if (dead.length > 0) return { entry: 'expire', holder, attempt, leases: dead };
  if (table.sinceCheckpoint < checkpointEvery) return null;
  return { entry: 'checkpoint', holder, attempt, upTo: table.offset, leases: table.all() };
}
