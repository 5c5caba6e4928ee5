import { cardinality } from './cardinality.ts';
import { kindOf, type AggregationDefinition, type AggregationKind, type RequestOf } from './definition.ts';
import { composite } from './composite.ts';
import { histogram } from './histogram.ts';
import { avg, max, min, stats, sum, valueCount } from './metric.ts';
import { multiTerms } from './multi-terms.ts';
import { terms } from './terms.ts';

/** The kinds of aggregations. */
export const aggregationTable: { readonly [K in AggregationKind]: AggregationDefinition<K> } = {
  terms,
  multi_terms: multiTerms,
  composite,
  histogram,
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
