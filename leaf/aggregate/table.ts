import type { AggregationKind } from '../../shared/aggregation/definition.ts';
import { makeCardinality } from './cardinality.ts';
import type { MakeCollector } from './collecting-task.ts';
import { makeComposite } from './composite.ts';
import { makeHistogram } from './histogram.ts';
import { makeMetric } from './metric.ts';
import { makeMultiTerms } from './multi-terms.ts';
import { makeTerms } from './terms.ts';

/** How each kind of aggregation is collected. */
export const collectorTable: { readonly [K in AggregationKind]: MakeCollector<K> } = {
  terms: makeTerms,
  multi_terms: makeMultiTerms,
  composite: makeComposite,
  histogram: makeHistogram,
  min: makeMetric,
  max: makeMetric,
  sum: makeMetric,
  avg: makeMetric,
  stats: makeMetric,
  value_count: makeMetric,
  cardinality: makeCardinality,
};
