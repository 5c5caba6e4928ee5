/** Partials of a search into one: union of hits, sums of counts. Pure. */
import type { AggregationPartials } from '../../shared/aggregation/definition.ts';
import type { SearchPartial, TotalRelation } from '../../shared/protocol/tasks/search.ts';
import type { StatisticsPartial } from '../../shared/protocol/tasks/statistics.ts';
import { addStatistics, noStatistics, type Statistics } from '../../shared/ranking/statistics.ts';
import type { GatheredHit } from './merge-hits.ts';

export interface GatheredSearch {
  /** Documents that match, each once; where the relation is `gte`, at least so many. */
  readonly total: number;
  readonly totalRelation: TotalRelation;
  /** Those of the page, best first. */
  readonly hits: readonly GatheredHit[];
  /** Of the best hit of all, before the page too; null where there is none, or hits have none. */
  readonly bestScore: number | null;
  /** Of the aggregations, to be merged: see finish-answer.ts. */
  readonly parts: readonly AggregationPartials[];
}

interface Received {
  readonly partial: SearchPartial;
}

/** All but the hits, in any order. */
export function gatherCounts(received: readonly Received[]): Omit<GatheredSearch, 'hits' | 'bestScore'> {
  return {
    total: received.reduce((sum, { partial }) => sum + partial.total, 0),
    totalRelation: received.some(({ partial }) => partial.totalRelation === 'gte') ? 'gte' : 'eq',
    parts: received.map(({ partial }) => partial.aggregations),
  };
}

export function gatherStatistics(partials: readonly StatisticsPartial[]): Statistics {
  return partials.reduce((sum, partial) => addStatistics(sum, partial.statistics), noStatistics);
}
