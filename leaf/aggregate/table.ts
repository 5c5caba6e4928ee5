import type { AggregationKind } from '../../shared/aggregation/definition.ts';
import { makeCardinality } from './cardinality.ts';
import type { MakeCollector } from './collecting-task.ts';
import { makeExtendedStats } from './extended-stats.ts';
import { makeComposite } from './composite.ts';
import { makeHistogram } from './histogram.ts';
import { makeMetric } from './metric.ts';
import { makeMultiTerms } from './multi-terms.ts';
import { makePercentileRanks } from './percentile-ranks.ts';
import { makePercentiles } from './percentiles.ts';
import { makeDateHistogram } from './date-histogram.ts';
import { makeDateRange, makeIpRange, makeRange } from './range.ts';
import { makeFilter } from './filter.ts';
import { makeFilters } from './filters.ts';
import { makeGlobal } from './global.ts';
import { makeMissing } from './missing.ts';
import { makeTerms } from './terms.ts';
import { makeTopHits } from './top-hits.ts';
import { makeTopMetrics } from './top-metrics.ts';
import { makeWeightedAvg } from './weighted-avg.ts';

/** How each kind of aggregation is collected. */
export const collectorTable: { readonly [K in AggregationKind]: MakeCollector<K> } = {
  terms: makeTerms,
  multi_terms: makeMultiTerms,
  composite: makeComposite,
  histogram: makeHistogram,
  date_histogram: makeDateHistogram,
  range: makeRange,
  date_range: makeDateRange,
  ip_range: makeIpRange,
  filter: makeFilter,
  filters: makeFilters,
  missing: makeMissing,
  global: makeGlobal,
  min: makeMetric,
  max: makeMetric,
  sum: makeMetric,
  avg: makeMetric,
  stats: makeMetric,
  value_count: makeMetric,
  extended_stats: makeExtendedStats,
  weighted_avg: makeWeightedAvg,
  percentiles: makePercentiles,
  percentile_ranks: makePercentileRanks,
  top_hits: makeTopHits,
  top_metrics: makeTopMetrics,
  cardinality: makeCardinality,
};
