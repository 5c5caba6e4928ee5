/**
 * How the shards of one round are divided among the leaves that have them. Pure.
 *
 * `even`: each shard is asked of its best replica, one task per leaf. `wide`: all leaves that have some share the work,
 * in lots; one query ends sooner, and costs more tasks. `narrow`: the fewest leaves; a query costs the fewest tasks.
 */
import type { Spread } from '../../shared/query/request.ts';
import { divideAmongFewest } from '../scatter/fewest-leaves.ts';
import type { LeafView } from '../scatter/replica-choice.ts';

export interface Division {
  /** For every shard the leaves to ask, best first. */
  readonly candidates: ReadonlyMap<number, readonly string[]>;
  /** See ScatterOptions. */
  readonly sharedBy: readonly string[];
}

/**
 * @param ranked for every shard its leaves, best first
 * @param owners for every shard what is known of its leaves
 */
export function divideWork(
  spread: Spread,
  ranked: ReadonlyMap<number, readonly string[]>,
  owners: ReadonlyMap<number, readonly LeafView[]>,
): Division {
  switch (spread) {
    case 'even':
      return { candidates: ranked, sharedBy: [] };
    case 'wide': {
      const good = goodLeaves(owners);
      // One leaf alone shares with nobody: it is asked once.
      return { candidates: ranked, sharedBy: good.size > 1 ? [...good] : [] };
    }
    case 'narrow':
      return { candidates: fewestFirst(ranked, goodLeaves(owners)), sharedBy: [] };
  }
}

/** Leaves that are silent or ejected are asked only where there is no other, as the ranking has it. */
function goodLeaves(owners: ReadonlyMap<number, readonly LeafView[]>): Set<string> {
  const good = new Set<string>();
  for (const leaves of owners.values()) {
    for (const { name, condition } of leaves) if (condition === 'good') good.add(name);
  }
  return good;
}

/** The same leaves in the same order, but for the one that is to be asked first. */
function fewestFirst(
  ranked: ReadonlyMap<number, readonly string[]>,
  good: ReadonlySet<string>,
): Map<number, readonly string[]> {
  const candidates = new Map(ranked);
  const parts = divideAmongFewest([...ranked.keys()], (shard) => ranked.get(shard)!.filter((leaf) => good.has(leaf)));
  for (const [leaf, shards] of parts) {
    for (const shard of shards) candidates.set(shard, [leaf, ...ranked.get(shard)!.filter((each) => each !== leaf)]);
  }
  return candidates;
}
