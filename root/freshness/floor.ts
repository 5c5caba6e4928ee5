/** What a search that limits the lag asks of replicas. Pure. */
import type { IndexDefinition } from '../../shared/catalog/catalog.ts';
import { partitionNumber } from '../../shared/index-kinds/partitions.ts';
import type { OffsetsByShard } from '../../shared/protocol/tasks/task.ts';
import type { HeadBook } from './head-book.ts';

/**
 * The offsets below which a replica lacks an entry that has been known for so long: shard → offset. Null where that
 * cannot be told, because how far the log has come is not known, or was for the last time longer ago.
 */
export function floorOf(
  heads: Pick<HeadBook, 'isKnown' | 'asOfMs' | 'ofIndex'>,
  index: Pick<IndexDefinition, 'id' | 'kind' | 'shards'>,
  maxLagMs: number,
  now: number,
): OffsetsByShard | null {
  if (!heads.isKnown || heads.asOfMs(now)! > maxLagMs) return null;
  const known = heads.ofIndex(index.id);
  const floor: Record<string, number> = {};
  for (let shard = 0; shard < index.shards; shard++) {
    const offset = known[partitionNumber(index, shard)]?.knownBy(now - maxLagMs) ?? -1;
    if (offset >= 0) floor[shard] = offset;
  }
  return floor;
}
