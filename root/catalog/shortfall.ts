/** How many replicas an index lacks, and why. Pure. */
import type { IndexDefinition } from '../../shared/catalog/catalog.ts';
import { replicaName } from '../../shared/protocol/replicas.ts';
import type { Membership } from '../membership/membership.ts';

export interface Shortfall {
  /** Replicas that there are leaves for, and that are not ready yet. */
  readonly notReady: number;
  /** Replicas for which there is no leaf: each is on a leaf of its own. */
  readonly noLeaf: number;
}

/** Counted over all shards, a step for each and leaf. A replica that is draining does not count: it is about to go. */
export function shortfall(
  { id, shards, replicas }: Pick<IndexDefinition, 'id' | 'shards' | 'replicas'>,
  membership: Pick<Membership, 'statuses' | 'placedCount'>,
): Shortfall {
  const possible = Math.min(replicas, membership.placedCount);
  const leaves = membership.statuses();
  const ready = Array.from({ length: shards }, (_, shard) => {
    const name = replicaName(id, shard);
    return leaves.filter(({ replicas: held }) => held.get(name)?.state === 'ready').length;
  });
  const notReady = ready.reduce((sum, count) => sum + Math.max(0, possible - count), 0);
  return { notReady, noLeaf: shards * (replicas - possible) };
}
