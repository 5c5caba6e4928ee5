/** Which leaves should have which replicas: a pure function of who is there and which indexes exist. */
import type { CatalogState } from '../../shared/catalog/catalog.ts';
import { placeShards } from '../../shared/hashing/ring.ts';
import { indexKinds } from '../../shared/index-kinds/index-kinds.ts';
import type { IndexedField } from '../../shared/schema/schema.ts';
import type { IndexOfReplica } from '../indexing/messages.ts';

export interface PlacedShard {
  readonly indexId: string;
  readonly shard: number;
  readonly index: IndexOfReplica;
  readonly fields: readonly IndexedField[];
  /** Names of the leaves that should have a replica, best first. */
  readonly owners: readonly string[];
}

/** By replica name: every shard of every index, and who should have it. */
export type Placement = ReadonlyMap<string, PlacedShard>;

/** @param leaves names of the leaves on the ring; without any, no shard has an owner */
export function placeReplicas(catalog: CatalogState, leaves: readonly string[]): Placement {
  const placement = new Map<string, PlacedShard>();
  for (const definition of Object.values(catalog.indexes)) {
    const { id, kind, shards, replicas } = definition;
    const fields = indexKinds[kind].keptFields(definition);
    const index = { kind, shards };
    const owners = placeShards({ leaves, indexId: id, shards, replicas });
    owners.forEach((names, shard) => {
      placement.set(replicaName(id, shard), { indexId: id, shard, index, fields, owners: names });
    });
  }
  return placement;
}

/** The name of a replica among those of one leaf; also its folder under the leaf's `indexes`. */
export function replicaName(indexId: string, shard: number): string {
  return `${indexId}/${shard}`;
}
