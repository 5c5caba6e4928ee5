/**
 * Replicas of one shard that differ for good: some read a batch of the log before it was skipped, others passed it without entries
 * (decision 0066). Pure.
 */
import { limits } from '../../shared/limits.ts';
import type { ReplicaReport } from '../../shared/protocol/reports.ts';

/** What one leaf tells of the shard. */
export type ToldReplica = Pick<ReplicaReport, 'offset' | 'skipped'> & { readonly leaf: string };

export interface Difference {
  /** First log offset of the batch. */
  readonly entry: number;
  /** Leaves whose replicas have its entries. */
  readonly readBy: readonly string[];
  /** Leaves whose replicas have passed it without. */
  readonly skippedBy: readonly string[];
}

/** In the order of the log. Of so many skipped batches that a replica tells the last ones only, those before are not compared. */
export function differencesOf(replicas: readonly ToldReplica[]): Difference[] {
  const told = replicas.map(({ skipped = [] }) => skipped);
  const from = Math.max(-1, ...told.filter(({ length }) => length >= limits.skippedToldMax).map(([first]) => first!));
  const entries = [...new Set(told.flat())].filter((entry) => entry >= from).toSorted((a, b) => a - b);
  return entries.flatMap((entry) => {
    const passed = replicas.filter(({ offset }) => offset >= entry);
    const [skippedBy, readBy] = [true, false].map((isSkipped) => {
      const those = passed.filter(({ skipped = [] }) => skipped.includes(entry) === isSkipped);
      return those.map(({ leaf }) => leaf).toSorted();
    });
    return readBy!.length > 0 && skippedBy!.length > 0 ? [{ entry, readBy: readBy!, skippedBy: skippedBy! }] : [];
  });
}
