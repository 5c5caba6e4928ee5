import { cardinality } from './cardinality.ts';
import { kindOf, type AggregationDefinition, type AggregationKind, type RequestOf } from './definition.ts';
import { filter } from './filter.ts';
import { filters } from './filters.ts';
import { global } from './global.ts';
import { histogram } from './histogram.ts';
import { avg, max, min, stats, sum, valueCount } from './metric.ts';
import { missing } from './missing.ts';
import { terms } from './terms.ts';

/** The kinds of aggregations. */
export const aggregationTable: { readonly [K in AggregationKind]: AggregationDefinition<K> } = {
  terms,
  histogram,
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
  cardinality,
};

/** What the kind of a request does. */
export function definitionOf<K extends AggregationKind>(request: RequestOf<K>): AggregationDefinition<K> {
  return aggregationTable[kindOf(request)];
}
