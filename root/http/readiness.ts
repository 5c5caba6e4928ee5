/**
 * When a root takes requests. It waits until every shard it knows of has a ready replica, so that a root that has just
 * started does not answer 503 from an empty map, and until discovery has said which leaves there are; but not for ever, since missing leaves are told by coverage, not by
 * taking all roots away. Once ready, it stays so.
 */
import type { Clock } from '../../shared/clock/clock.ts';
import type { CatalogCopy } from '../catalog/catalog-copy.ts';
import type { Membership } from '../membership/membership.ts';

const patienceMs = 15_000;

export interface ReadinessParts {
  readonly clock: Clock;
  readonly catalog: CatalogCopy;
  readonly membership: Membership;
}

export function createReadiness({ clock, catalog, membership }: ReadinessParts): () => boolean {
  const startedAt = clock.now();
  let ready = false;
  return () => {
    if (ready || !catalog.isKnown || !membership.isDiscovered) return ready;
    const patient = clock.now() - startedAt < patienceMs;
    const allLeavesKnown = membership.statuses().every(({ state }) => state !== 'down');
    const everyShardReady = [...catalog.state.indexes.values()].every(({ id, shards }) =>
      membership.readyOwners(id, shards).every((owners) => owners.length > 0),
    );
    ready = !patient || (allLeavesKnown && everyShardReady);
    return ready;
  };
}
