import type { AggregationKind } from '../../shared/aggregation/definition.ts';
import { makeCardinality } from './cardinality.ts';
import type { MakeCollector } from './collecting-task.ts';
import { makeFilter } from './filter.ts';
import { makeFilters } from './filters.ts';
import { makeGlobal } from './global.ts';
import { makeHistogram } from './histogram.ts';
import { makeMetric } from './metric.ts';
import { makeMissing } from './missing.ts';
import { makeTerms } from './terms.ts';

/** How each kind of aggregation is collected. */
export const collectorTable: { readonly [K in AggregationKind]: MakeCollector<K> } = {
  terms: makeTerms,
  histogram: makeHistogram,
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
  cardinality: makeCardinality,
};
