/** What the read path knows of replicas: by the reports of leaves, and by how far the log has come. */
import type { Lag } from '../freshness/replica-lags.ts';
import type { ShardSummary, StoppedShard } from '../membership/shard-map.ts';
import type { IndexState } from './statistics-cache.ts';

/** Where replicas are, by report. */
export interface ShardDirectory {
  /** For each shard of an index, in order, the leaves that report it ready. */
  readyOwners(indexId: string, shards: number): readonly (readonly string[])[];
  /** Whether there is a shard that no leaf has, nor ever had, ready. */
  hasNewShards(indexId: string, shards: number): boolean;
  /** The shards of an index that nobody can read on in the log, in order. */
  stopsOf(indexId: string, shards: number): readonly StoppedShard[];
  /** Live documents of a shard when a replica of it last reported, or `null` when none ever did. */
  documentsOf(indexId: string, shard: number): number | null;
  /** What a shard was made of in the last state that is known of it, or `null` where none is. */
  summaryOf(indexId: string, shard: number): ShardSummary | null;
  /** The log offset of each shard of an index, in order, where all its ready replicas report the same; else null. */
  stateOf(indexId: string, shards: number): IndexState | null;
  /** Whether a leaf of this name can be asked. */
  isUp(leaf: string): boolean;
  /** Of the replicas of an index that a leaf has, those that lack something the log is known to have. */
  lagsOf(leaf: string, indexId: string): ReadonlyMap<number, Lag>;
}
