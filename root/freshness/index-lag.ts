/** What an index still lacks, whichever replicas are asked. Pure. */
import type { IndexDefinition } from '../../shared/catalog/catalog.ts';
import type { ShardDirectory } from '../plan/shard-directory.ts';
import { freshnessOf } from './freshness.ts';
import type { HeadBook } from './head-book.ts';

export interface LagSources {
  readonly heads: Pick<HeadBook, 'isKnown' | 'asOfMs' | 'ofIndex'>;
  readonly directory: Pick<ShardDirectory, 'readyOwners' | 'lagsOf'>;
}

/**
 * Log offsets from the best replicas of its shards to the heads this root knows: above 0 while what was written is not all
 * to be found. A shard without a replica that answers lacks everything. Null where the heads are not known.
 */
export function behindOf({ heads, directory }: LagSources, index: IndexDefinition): number | null {
  const offsets: Record<string, number> = {};
  for (const [shard, owners] of directory.readyOwners(index.id, index.shards).entries()) {
    const lags = owners.map((leaf) => directory.lagsOf(leaf, index.id).get(shard));
    const reached = lags.map((lag) => lag?.offset ?? Infinity);
    offsets[shard] = Math.max(-1, ...reached);
  }
  const shards = Object.keys(offsets).map(Number);
  return freshnessOf(heads, index, [{ shards, offsets }], 0).behind;
}
