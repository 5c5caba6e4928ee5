import type { PartialHit } from '../../shared/protocol/hit-table.ts';
import type { SourceFilter } from '../../shared/query/request.ts';
import type { Explanation } from '../../shared/ranking/explanation.ts';
import { filterSource } from '../documents/source-filter.ts';
import { sourceAt, type StoredDocuments } from '../documents/stored.ts';
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

/** One document's source, cut down to what was asked for. */
export function readSource(sources: StoredDocuments, docId: number, filter: Exclude<SourceFilter, false>): Uint8Array {
  const source = sourceAt(sources, docId);
  return filter === true ? source : filterSource(source, filter);
}
