/** Which shards would be lost with one zone. Pure. */
import type { IndexDefinition } from '../../shared/catalog/catalog.ts';
import { replicaName } from '../../shared/protocol/replicas.ts';
import type { LeafStatus } from '../membership/membership.ts';

/**
 * The shards of an index of several replicas of which all that are ready lie in one zone, ascending: because a zone has no leaves, or
 * others are not ready yet. A leaf without a zone is a zone of its own; where no leaf has one, nothing is told.
 *
 * Cost: a step for each shard and leaf.
 */
export function inOneZone(
  { id, shards, replicas }: Pick<IndexDefinition, 'id' | 'shards' | 'replicas'>,
  leaves: readonly Pick<LeafStatus, 'name' | 'zone' | 'replicas'>[],
): number[] {
  if (replicas === 1 || leaves.every(({ zone }) => zone === null)) return [];
  return Array.from({ length: shards }, (_, shard) => shard).filter((shard) => {
    const name = replicaName(id, shard);
    const ready = leaves.filter((leaf) => leaf.replicas.get(name)?.state === 'ready');
    // No zone is called as a leaf with its brackets.
    return new Set(ready.map(({ name: leaf, zone }) => zone ?? `(${leaf})`)).size === 1;
  });
}
