import type { AggregationKind } from '../../../shared/aggregation/definition.ts';
import { cardinality } from './cardinality.ts';
import { composite } from './composite.ts';
import { dateHistogram } from './date-histogram.ts';
import type { CallerAggregation } from './definition.ts';
import { extendedStats } from './extended-stats.ts';
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

/** The aggregations that callers can ask for, by the names they use. */
export const callerAggregations: { readonly [K in AggregationKind]: CallerAggregation<K> } = {
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

export const aggregationKinds = Object.keys(callerAggregations) as readonly AggregationKind[];
