/** How far each partition of the log may be trimmed. Pure. */
import type { IndexDefinition } from '../../shared/catalog/catalog.ts';
import { partitionOf } from '../../shared/index-kinds/partitions.ts';
import { replicaName, type Replicas } from '../../shared/protocol/replicas.ts';

export interface TrimGround {
  readonly indexes: Iterable<Pick<IndexDefinition, 'id' | 'kind' | 'shards'>>;
  /** What each leaf last told of its replicas. */
  readonly leaves: readonly { readonly replicas: Replicas }[];
  /** Ids of indexes of which jobs read what stands in the log. */
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
 */
export function trimFloors({ indexes, leaves, busy, keptEntries }: TrimGround): TrimFloor[] {
  const floors = new Map<string, number>();
  for (const index of indexes) {
    for (let shard = 0; shard < index.shards; shard++) {
      const partition = partitionOf(index, shard);
      const needed = busy.has(index.id) ? 0 : neededOf(replicaName(index.id, shard), leaves);
      floors.set(partition, Math.min(floors.get(partition) ?? Infinity, needed - keptEntries));
    }
  }
  return [...floors].flatMap(([partition, before]) => (before > 0 ? [{ partition, before }] : []));
}

/** The first entry that the shard's snapshot, or one of its replicas, lacks; 0 where the store is not known to have the shard. */
function neededOf(name: string, leaves: TrimGround['leaves']): number {
  const replicas = leaves.flatMap((leaf) => leaf.replicas.get(name) ?? []);
  const stored = Math.max(-1, ...replicas.map((replica) => replica.stored ?? -1));
  return Math.min(stored, ...replicas.map(({ offset }) => offset)) + 1;
}
