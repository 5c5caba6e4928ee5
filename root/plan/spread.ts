/**
 * How the shards of one round are divided among the leaves that have them. Pure.
 *
 * `even`: each shard is asked of its best replica, one task per leaf. `wide`: all leaves that have some share the work,
 * in lots; one query ends sooner, and costs more tasks. A leaf on which tasks stand in line is asked once all the same: each
 * further lot would stand in it anew, for longer than even ends save. `narrow`: the fewest leaves; a query costs the fewest tasks.
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

export interface Divisible {
  /** For every shard its leaves, best first. */
  readonly ranked: ReadonlyMap<number, readonly string[]>;
  /** For every shard what is known of its leaves. */
  readonly owners: ReadonlyMap<number, readonly LeafView[]>;
  /** Whether a task would stand in line on a leaf; see leaf-book.ts. */
  readonly hasLine: (leaf: string) => boolean;
}

export function divideWork(spread: Spread, { ranked, owners, hasLine }: Divisible): Division {
  switch (spread) {
    case 'even':
      return { candidates: ranked, sharedBy: [] };
    case 'wide': {
      const free = [...goodLeaves(owners)].filter((leaf) => !hasLine(leaf));
      // One leaf alone shares with nobody: it is asked once.
      return { candidates: ranked, sharedBy: free.length > 1 ? free : [] };
    }
    case 'narrow':
      return { candidates: fewestFirst(ranked, goodLeaves(owners)), sharedBy: [] };
  }
}

/** Leaves that are busy, silent or ejected are asked only where there is no other, as the ranking has it. */
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
