/** How far each partition of the log may be trimmed. Pure. */
import type { IndexDefinition } from '../../shared/catalog/catalog.ts';
import { partitionOf } from '../../shared/index-kinds/partitions.ts';
import { replicaName, type Replicas } from '../../shared/protocol/replicas.ts';

export interface TrimGround {
  readonly indexes: Iterable<Pick<IndexDefinition, 'id' | 'kind' | 'shards'>>;
  /** What each leaf last told of its replicas. */
  readonly leaves: readonly { readonly replicas: Replicas }[];
  /** See busyIndexes. */
  readonly busy: ReadonlySet<string>;
  /** Entries that stay in each partition beyond all that needs them. */
  readonly keptEntries: number;
}

/** A partition, and the first entry that is still needed. */
export interface TrimFloor {
  readonly partition: string;
  readonly before: number;
}

/**
 * Of each partition of which object storage has every shard that reads it. What stays: whatever a shard in the store lacks, and
 * a replica that is there; then `keptEntries` more, for whoever comes back after a short time away.
 *
 * A replica that is away may have less than what is left: it is copied anew, from another leaf or the store.
 * @param idle partitions that nobody writes to, of which nothing more is kept: who has all of one needs nothing of it when it comes back
 */
export function trimFloors(
  { indexes, leaves, busy, keptEntries }: TrimGround,
  idle: ReadonlySet<string> = new Set(),
): TrimFloor[] {
  const floors = new Map<string, number>();
  for (const index of indexes) {
    for (let shard = 0; shard < index.shards; shard++) {
      const partition = partitionOf(index, shard);
      const needed = busy.has(index.id) ? 0 : neededOf(replicaName(index.id, shard), leaves);
      const kept = idle.has(partition) ? 0 : keptEntries;
      floors.set(partition, Math.min(floors.get(partition) ?? Infinity, needed - kept));
    }
  }
  return [...floors].flatMap(([partition, before]) => (before > 0 ? [{ partition, before }] : []));
}

/** Of each partition the last offset that any replica has told of. */
export function toldHeads({ indexes, leaves }: Pick<TrimGround, 'indexes' | 'leaves'>): Map<string, number> {
  const heads = new Map<string, number>();
  for (const index of indexes) {
    for (let shard = 0; shard < index.shards; shard++) {
      const partition = partitionOf(index, shard);
      const name = replicaName(index.id, shard);
      const offsets = leaves.map(({ replicas }) => replicas.get(name)?.offset ?? -1);
      heads.set(partition, Math.max(heads.get(partition) ?? -1, ...offsets));
    }
  }
  return heads;
}

/** The first entry that the shard's snapshot, or one of its replicas, lacks; 0 where the store is not known to have the shard. */
function neededOf(name: string, leaves: TrimGround['leaves']): number {
  const replicas = leaves.flatMap((leaf) => leaf.replicas.get(name) ?? []);
  const stored = Math.max(-1, ...replicas.map((replica) => replica.stored ?? -1));
  return Math.min(stored, ...replicas.map(({ offset }) => offset)) + 1;
}
