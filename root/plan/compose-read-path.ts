/** The read path of a root, put together: for a whole root, and where searches are run without one. */
import { HoldHistory } from './hold-history.ts';
import { MergeReserve } from './merge-reserve.ts';
import { NewShards } from './new-shards.ts';
import type { RoundDependencies } from './round.ts';
import { StatisticsCache } from './statistics-cache.ts';

/** What the read path learns from the queries it has answered. */
type Learned = Pick<RoundDependencies, 'mergeReserve' | 'statistics' | 'holdHistory'>;

/** What asks leaves, and what touches the world. The defence is shared with whatever hears of leaves. */
export type ReadPathParts = Omit<RoundDependencies, keyof Learned>;

export interface ReadPath extends RoundDependencies {
  /** For what comes before the door; see new-shards.ts. */
  readonly newShards: NewShards;
}

/** One that has not answered a query yet. */
export function composeReadPath(parts: ReadPathParts): ReadPath {
  return {
    ...parts,
    mergeReserve: new MergeReserve(),
    statistics: new StatisticsCache(),
    holdHistory: new HoldHistory(),
    newShards: new NewShards(),
  };
}
