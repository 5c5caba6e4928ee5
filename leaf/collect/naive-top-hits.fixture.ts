/** Hits in buckets by sorting all documents: the slow twin of their collector. */
import type { TopHit, TopHitsPartial, TopHitsRequest } from '../../shared/aggregation/top-hits.ts';
import { compareHits } from '../../shared/ranking/order.ts';
import { filterSource } from '../documents/source-filter.ts';
import { naiveFieldValue, type NaiveDocument } from './naive-search.fixture.ts';

/** @param documents with their scores, where any hit is asked for by them */
export function naiveTopHits(
  { from, size, sort, source: filter }: TopHitsRequest,
  documents: readonly NaiveDocument[],
): TopHitsPartial {
  const hits = documents.map(({ shard, offset, key, ...document }): TopHit => {
    const values = sort.map((by) => {
      if (by.by === 'score') return document.score ?? 0;
      return by.by === 'position' ? offset : naiveFieldValue({ shard, offset, key, ...document }, by);
    });
    const hit = { index: '', shard, offset, key, values };
    if (filter === false) return hit;
    const told = filter === true ? document.source : filterSource(Buffer.from(document.source), filter).toString();
    return { ...hit, source: told };
  });
  hits.sort((a, b) => compareHits(sort, a, b));
  return { kind: 'top_hits', count: documents.length, hits: hits.slice(0, size === 0 ? 0 : from + size) };
}
