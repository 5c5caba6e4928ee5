/** How many documents an index has, of how many its shards have. Pure. */
import { indexKinds, type IndexKind } from '../index-kinds/index-kinds.ts';

/** @param ofShards of each shard how many documents its segments have: where all shards read one partition, each has all of them */
export function documentsOfShards(kind: IndexKind, ofShards: readonly number[]): number {
  if (!indexKinds[kind].keysHaveShards) return Math.max(0, ...ofShards);
  return ofShards.reduce((sum, count) => sum + count, 0);
}
