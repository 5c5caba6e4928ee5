/** Which replicas a leaf should have: a pure function of who is there and which indexes exist. */
import { keptFields, type CatalogState } from '../../shared/catalog/catalog.ts';
import { placeShards } from '../../shared/hashing/ring.ts';
import type { IndexedField } from '../../shared/schema/schema.ts';
import type { IndexOfReplica } from '../indexing/messages.ts';

export interface DesiredReplica {
  readonly indexId: string;
  readonly shard: number;
  readonly index: IndexOfReplica;
  readonly fields: readonly IndexedField[];
}

/** @param leaves names of all leaves; a leaf that is not among them should have nothing */
export function desiredReplicas(catalog: CatalogState, leaves: readonly string[], own: string): DesiredReplica[] {
  const desired: DesiredReplica[] = [];
  if (!leaves.includes(own)) return desired;
  for (const definition of Object.values(catalog.indexes)) {
    const { id, kind, shards, replicas } = definition;
    const fields = keptFields(definition);
    const index = { kind, shards };
    const owners = placeShards({ leaves, indexId: id, shards, replicas });
    owners.forEach((names, shard) => {
      if (names.includes(own)) desired.push({ indexId: id, shard, index, fields });
    });
  }
  return desired;
}

/** The name of a replica among those of one leaf; also its folder under the leaf's `indexes`. */
export function replicaName(indexId: string, shard: number): string {
  return `${indexId}/${shard}`;
}
