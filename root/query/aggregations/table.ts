import type { AggregationKind } from '../../../shared/aggregation/definition.ts';
import { cardinality } from './cardinality.ts';
import { dateHistogram } from './date-histogram.ts';
import type { CallerAggregation } from './definition.ts';
import { histogram } from './histogram.ts';
import { avg, max, min, stats, sum, valueCount } from './metric.ts';
import { dateRange, ipRange, range } from './range.ts';
import { terms } from './terms.ts';

/** The aggregations that callers can ask for, by the names they use. */
export const callerAggregations: { readonly [K in AggregationKind]: CallerAggregation<K> } = {
  terms,
  histogram,
  date_histogram: dateHistogram,
  range,
  date_range: dateRange,
  ip_range: ipRange,
  min,
  max,
  sum,
  avg,
  stats,
  value_count: valueCount,
  cardinality,
};

export const aggregationKinds = Object.keys(callerAggregations) as readonly AggregationKind[];
