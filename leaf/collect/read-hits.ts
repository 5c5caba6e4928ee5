import type { PartialHit } from '../../shared/protocol/hit-table.ts';
import type { SourceFilter } from '../../shared/query/request.ts';
import { filterSource } from '../documents/source-filter.ts';
import { sourceAt } from '../documents/stored.ts';
import type { CollectedHit } from './hit-collector.ts';

/** Keys, positions and sources of the winners. */
export function readHits(
  collected: readonly CollectedHit[],
  filter: SourceFilter,
): { hits: PartialHit[]; sources: Uint8Array[] } {
  const sources = filter === false ? [] : collected.map((hit) => readSource(hit, filter));
  const hits = collected.map(({ searched, docId, values, score }) => {
    const { segment } = searched.live;
    return {
      key: segment.keys.keyAt(docId),
      shard: searched.shard,
      offset: segment.offsets[docId]!,
      score,
      values,
    };
  });
  return { hits, sources };
}

function readSource({ searched, docId }: CollectedHit, filter: Exclude<SourceFilter, false>): Uint8Array {
  const source = sourceAt(searched.live.segment.sources, docId);
  return filter === true ? source : filterSource(source, filter);
}
