import type { PartialHit } from '../../shared/protocol/hit-table.ts';
import type { SourceFilter } from '../../shared/query/request.ts';
import type { Explanation } from '../../shared/ranking/explanation.ts';
import { readSource } from '../documents/read-source.ts';
import type { Highlight } from '../../shared/query/highlight.ts';
import type { CollectedHit } from './hit-collector.ts';

/** What is told of a hit besides, where it was asked for. */
interface Told {
  readonly explanation: Explanation | undefined;
  readonly highlight: Highlight | undefined;
}

/** Key, position and source of a winner; no source where none was asked for. */
export function readHit(
  { searched, docId, values, score }: CollectedHit,
  filter: SourceFilter,
  { explanation, highlight }: Told,
): { readonly hit: PartialHit; readonly source: Uint8Array | null } {
  const { segment } = searched.live;
  const source = filter === false ? null : readSource(segment.sources, docId, filter);
  const hit = {
    key: segment.keys.keyAt(docId),
    shard: searched.shard,
    offset: segment.offsets[docId]!,
    score,
    values,
    ...(explanation === undefined ? {} : { explanation }),
    ...(highlight === undefined ? {} : { highlight }),
  };
  return { hit, source };
}
