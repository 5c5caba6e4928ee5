/** How far an answer is behind the log. Pure. */
import { baseOfIndex } from '../../shared/catalog/index-id.ts';
import type { IndexKind } from '../../shared/index-kinds/index-kinds.ts';
import { partitionNumber } from '../../shared/index-kinds/partitions.ts';
import type { OffsetsByShard } from '../../shared/protocol/tasks/task.ts';
import type { HeadBook } from './head-book.ts';

/** Of the replicas that answered. What is not known is null: the log is not connected, has not told yet, or none answered. */
export interface Freshness {
  /**
   * Log offsets from where the replicas stand to the heads this root knows, over all partitions; entries, where the
   * log leaves out no offset.
   */
  readonly behind: number | null;
  /** For how long the oldest of these has been known to this root; 0 where there is none. */
  readonly oldestUnseenMs: number | null;
  /** Age of the knowledge of the heads; null where there never was any. */
  readonly asOfMs: number | null;
}

/** What answered: shards, and the log offset that each had searchable. */
export interface AnsweredOffsets {
  readonly shards: readonly number[];
  readonly offsets: OffsetsByShard;
}

/** One pass over the shards that answered. */
export function freshnessOf(
  heads: Pick<HeadBook, 'isKnown' | 'asOfMs' | 'ofIndex'>,
  index: { readonly id: string; readonly kind: IndexKind },
  partials: readonly AnsweredOffsets[],
  now: number,
): Freshness {
  const age = heads.asOfMs(now);
  const asOfMs = age === null ? null : Math.round(age);
  if (!heads.isKnown || partials.every(({ shards }) => shards.length === 0)) {
    return { behind: null, oldestUnseenMs: null, asOfMs };
  }
  const known = heads.ofIndex(index.id);
  // Below it there was never an entry: a replica that is being restored lacks what came since.
  const first = baseOfIndex(index.id);
  /** By partition that more than one shard reads, the most. */
  const most: number[] = [];
  let since = now;
  for (const { shards, offsets } of partials) {
    for (const shard of shards) {
      const partition = partitionNumber(index, shard);
      const head = known[partition];
      const offset = Math.max(offsets[shard] ?? -1, first - 1);
      if (head === undefined || head.offset <= offset) continue;
      most[partition] = Math.max(most[partition] ?? 0, head.offset - offset);
      since = Math.min(since, head.knownSince(offset) ?? now);
    }
  }
  const behind = most.reduce((sum, count) => sum + count, 0);
  return { behind, oldestUnseenMs: Math.round(now - since), asOfMs };
}
