import type { AggregationKind } from '../../../shared/aggregation/definition.ts';
import { cardinality } from './cardinality.ts';
import { composite } from './composite.ts';
import type { CallerAggregation } from './definition.ts';
import { histogram } from './histogram.ts';
import { avg, max, min, stats, sum, valueCount } from './metric.ts';
import { multiTerms } from './multi-terms.ts';
import { terms } from './terms.ts';

/** The aggregations that callers can ask for, by the names they use. */
export const callerAggregations: { readonly [K in AggregationKind]: CallerAggregation<K> } = {
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

export const aggregationKinds = Object.keys(callerAggregations) as readonly AggregationKind[];
