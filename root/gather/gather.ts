/** Partials of a search into one: union of hits, sums of counts, merged aggregations. Pure. */
import { emptyPartials, mergeAggregations } from '../../shared/aggregation/merge.ts';
import type { AggregationPartials } from '../../shared/aggregation/definition.ts';
import type { SearchPartial, SearchTask, TotalRelation } from '../../shared/protocol/tasks/search.ts';
import type { StatisticsPartial } from '../../shared/protocol/tasks/statistics.ts';
import { addStatistics, noStatistics, type Statistics } from '../../shared/ranking/statistics.ts';
import type { GatheredHit } from './merge-hits.ts';

export interface GatheredSearch {
  /** Documents that match, each once; where the relation is `gte`, at least so many. */
  readonly total: number;
  readonly totalRelation: TotalRelation;
  /** The best k, best first. */
  readonly hits: readonly GatheredHit[];
  readonly aggregations: AggregationPartials;
}

interface Received {
  readonly partial: SearchPartial;
}

/** All but the hits. Merges in any order: aggregations merge commutatively. */
export function gatherCounts(
  task: Pick<SearchTask, 'aggregations'>,
  received: readonly Received[],
): Omit<GatheredSearch, 'hits'> {
  const parts = received.map(({ partial }) => partial.aggregations);
  return {
    total: received.reduce((sum, { partial }) => sum + partial.total, 0),
    totalRelation: received.some(({ partial }) => partial.totalRelation === 'gte') ? 'gte' : 'eq',
    aggregations: parts.length === 0 ? emptyPartials(task.aggregations) : mergeAggregations(task.aggregations, parts),
  };
}

export function gatherStatistics(partials: readonly StatisticsPartial[]): Statistics {
  return partials.reduce((sum, partial) => addStatistics(sum, partial.statistics), noStatistics);
}
