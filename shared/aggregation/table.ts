import { cardinality } from './cardinality.ts';
import { dateHistogram } from './date-histogram.ts';
import { kindOf, type AggregationDefinition, type AggregationKind, type RequestOf } from './definition.ts';
import { extendedStats } from './extended-stats.ts';
import { composite } from './composite.ts';
import { histogram } from './histogram.ts';
import { avg, max, min, stats, sum, valueCount } from './metric.ts';
import { percentileRanks } from './percentile-ranks.ts';
import { percentiles } from './percentiles.ts';
import { multiTerms } from './multi-terms.ts';
import { dateRange, ipRange, range } from './range.ts';
import { filter } from './filter.ts';
import { filters } from './filters.ts';
import { global } from './global.ts';
import { missing } from './missing.ts';
import { terms } from './terms.ts';
import { topHits } from './top-hits.ts';
import { topMetrics } from './top-metrics.ts';
import { weightedAvg } from './weighted-avg.ts';

/** The kinds of aggregations. */
export const aggregationTable: { readonly [K in AggregationKind]: AggregationDefinition<K> } = {
  terms,
  multi_terms: multiTerms,
  composite,
  histogram,
  date_histogram: dateHistogram,
  range,
  date_range: dateRange,
  ip_range: ipRange,
  filter,
  filters,
  missing,
  global,
  min,
  max,
  sum,
  avg,
  stats,
  value_count: valueCount,
  extended_stats: extendedStats,
  weighted_avg: weightedAvg,
  percentiles,
  percentile_ranks: percentileRanks,
  top_hits: topHits,
  top_metrics: topMetrics,
  cardinality,
};

/** What the kind of a request does. */
export function definitionOf<K extends AggregationKind>(request: RequestOf<K>): AggregationDefinition<K> {
  return aggregationTable[kindOf(request)];
}
