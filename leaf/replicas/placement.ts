/** Which leaves should have which replicas: a pure function of who is there and which indexes exist. */
import type { CatalogState, IndexDefinition } from '../../shared/catalog/catalog.ts';
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

/** What was placed last of each definition, which is replaced when anything of it changes. */
const placedBefore = new WeakMap<IndexDefinition, { readonly ring: string; readonly placed: readonly PlacedShard[] }>();

/**
 * Cost: a step for each shard, and for each of an index that is new or changed, or when the leaves did, its place on the ring.
 * @param leaves names of the leaves on the ring; without any, no shard has an owner
 */
export function placeReplicas(catalog: CatalogState, leaves: readonly string[]): Placement {
  const placement = new Map<string, PlacedShard>();
  const ring = JSON.stringify(leaves);
  for (const definition of Object.values(catalog.indexes)) {
    for (const shard of placeIndex(definition, leaves, ring)) {
      placement.set(replicaName(shard.indexId, shard.shard), shard);
    }
  }
  return placement;
}

/** @param ring the leaves, as one text */
function placeIndex(definition: IndexDefinition, leaves: readonly string[], ring: string): readonly PlacedShard[] {
  const before = placedBefore.get(definition);
  if (before?.ring === ring) return before.placed;
  const { id, kind, shards, replicas } = definition;
  const fields = indexKinds[kind].keptFields(definition);
  const index = { kind, shards };
  const owners = placeShards({ leaves, indexId: id, shards, replicas });
  const placed = owners.map((names, shard) => ({ indexId: id, shard, index, fields, owners: names }));
  placedBefore.set(definition, { ring, placed });
  return placed;
}

/** The name of a replica among those of one leaf; also its folder under the leaf's `indexes`. */
export function replicaName(indexId: string, shard: number): string {
  return `${indexId}/${shard}`;
}
