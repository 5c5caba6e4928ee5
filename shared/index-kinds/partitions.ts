/** Which shards and partitions of the log an index's documents are in. */
import { shardOfKey } from '../hashing/hash.ts';
import { shardPartition } from '../log/log.ts';
import { indexKinds, type IndexKind } from './index-kinds.ts';

/** The number of the partition that a shard of an index reads: its own, or the one that all its shards read. */
export function partitionNumber({ kind }: { readonly kind: IndexKind }, shard: number): number {
  return indexKinds[kind].keysHaveShards ? shard : 0;
}

/** The number in the name of a partition: of an index whose keys have shards, the shard. */
export function numberOfPartition(partition: string): number {
  return Number(partition.slice(partition.lastIndexOf('/') + 1));
}

/** The name of that partition. */
export function partitionOf(index: { readonly id: string; readonly kind: IndexKind }, shard: number): string {
  return shardPartition(index.id, partitionNumber(index, shard));
}

/** The shards whose partition holds the documents of a key: that of its routing or of itself, or all, which read the same one. */
export function shardsOfKey(
  { kind, shards }: { readonly kind: IndexKind; readonly shards: number },
  key: string,
  routing: string | null = null,
): number[] {
  return indexKinds[kind].keysHaveShards ? [shardOfKey(routing ?? key, shards)] : everyShard(shards);
}

/** The shards that read a partition, by the number in its name. */
export function shardsOfPartition(
  { kind, shards }: { readonly kind: IndexKind; readonly shards: number },
  partition: number,
): number[] {
  return indexKinds[kind].keysHaveShards ? [partition] : everyShard(shards);
}

function everyShard(shards: number): number[] {
  return Array.from({ length: shards }, (_, shard) => shard);
}

/** The id of the index that a partition is of. */
export function indexIdOf(partition: string): string {
  return partition.slice(0, partition.lastIndexOf('/'));
}

/** Whether a partition is one of the index. */
export function isOfIndex(partition: string, { id }: { readonly id: string }): boolean {
  return partition.startsWith(`${id}/`);
}
