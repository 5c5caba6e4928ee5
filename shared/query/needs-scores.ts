import { readsScores } from '../aggregation/reads-scores.ts';
import type { SearchRequest } from './request.ts';

/** Whether anything needs a score: hits that are ordered by it, or an aggregation. */
export function needsScores({
  from,
  size,
  sort,
  aggregations,
}: Pick<SearchRequest, 'from' | 'size' | 'sort' | 'aggregations'>): boolean {
  return (from + size > 0 && sort.some((key) => key.by === 'score')) || readsScores(aggregations);
}
