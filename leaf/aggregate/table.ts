import type { AggregationKind } from '../../shared/aggregation/definition.ts';
import { makeCardinality } from './cardinality.ts';
import type { MakeCollector } from './collecting-task.ts';
import { makeDateHistogram } from './date-histogram.ts';
import { makeHistogram } from './histogram.ts';
import { makeMetric } from './metric.ts';
import { makeDateRange, makeIpRange, makeRange } from './range.ts';
import { makeTerms } from './terms.ts';

/** How each kind of aggregation is collected. */
export const collectorTable: { readonly [K in AggregationKind]: MakeCollector<K> } = {
  terms: makeTerms,
  histogram: makeHistogram,
  date_histogram: makeDateHistogram,
  range: makeRange,
  date_range: makeDateRange,
  ip_range: makeIpRange,
  min: makeMetric,
  max: makeMetric,
  sum: makeMetric,
  avg: makeMetric,
  stats: makeMetric,
  value_count: makeMetric,
  cardinality: makeCardinality,
};
