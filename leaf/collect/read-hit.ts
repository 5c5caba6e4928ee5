import type { PartialHit } from '../../shared/protocol/hit-table.ts';
import type { Explanation } from '../../shared/ranking/explanation.ts';
import type { Highlight } from '../../shared/query/highlight.ts';
import type { CollectedHit } from './hit-collector.ts';

/** What is told of a hit besides, where it was asked for. */
interface Told {
  readonly explanation: Explanation | undefined;
  readonly highlight: Highlight | undefined;
}

/** Position of a winner, what is told of it, and its key unless that is held back. */
export function readHit(
  { searched, docId, values, score }: CollectedHit,
  { explanation, highlight }: Told,
  isHeldBack: boolean,
): PartialHit {
  const { segment } = searched.live;
  const key = isHeldBack ? null : segment.keys.keyAt(docId);
  const hit = { key, shard: searched.shard, offset: segment.offsets[docId]!, score, values };
  if (explanation === undefined && highlight === undefined) return hit;
  return {
    ...hit,
    ...(explanation === undefined ? {} : { explanation }),
    ...(highlight === undefined ? {} : { highlight }),
  };
}
