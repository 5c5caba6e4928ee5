import { cardinality } from './cardinality.ts';
import { dateHistogram } from './date-histogram.ts';
import { kindOf, type AggregationDefinition, type AggregationKind, type RequestOf } from './definition.ts';
import { histogram } from './histogram.ts';
import { avg, max, min, stats, sum, valueCount } from './metric.ts';
import { dateRange, ipRange, range } from './range.ts';
import { terms } from './terms.ts';

/** The kinds of aggregations. */
export const aggregationTable: { readonly [K in AggregationKind]: AggregationDefinition<K> } = {
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

/** What the kind of a request does. */
export function definitionOf<K extends AggregationKind>(request: RequestOf<K>): AggregationDefinition<K> {
  return aggregationTable[kindOf(request)];
}
