/** Aggregates by reading every document: the slow twin of the collectors. */
import type { BucketPartial } from '../../shared/aggregation/buckets.ts';
import {
  kindOf,
  type AggregationKind,
  type AggregationPartial,
  type AggregationPartials,
  type AggregationRequests,
  type PartialOf,
  type RequestOf,
} from '../../shared/aggregation/definition.ts';
import { cardinality, distribution, extendedStats, metric, topMetrics, weightedAvg } from './naive-metrics.fixture.ts';
import { valuesOf } from './naive-search.fixture.ts';
import type { NaiveDocument } from './naive-search.fixture.ts';
import { bucketsOfKeys, naiveTerms } from './naive-terms.fixture.ts';
import { naiveComposite, naiveMultiTerms } from './naive-tuples.fixture.ts';

export function naiveAggregations(
  requests: AggregationRequests,
  documents: readonly NaiveDocument[],
): AggregationPartials {
  const partials: Record<string, AggregationPartial> = Object.create(null);
  for (const [name, request] of Object.entries(requests)) partials[name] = naiveAggregation(request, documents);
  return partials;
}

function naiveAggregation<K extends AggregationKind>(
  request: RequestOf<K>,
  documents: readonly NaiveDocument[],
): PartialOf<K> {
  return table[kindOf<K>(request)](request, documents);
}

const table: {
  readonly [K in AggregationKind]: (request: RequestOf<K>, documents: readonly NaiveDocument[]) => PartialOf<K>;
} = {
  terms: (request, documents) => naiveTerms(request, documents, naiveAggregations),
  multi_terms: (request, documents) => naiveMultiTerms(request, documents, naiveAggregations),
  composite: (request, documents) => naiveComposite(request, documents, naiveAggregations),
  histogram: (request, documents) => ({
    kind: 'histogram',
    buckets: bucketsBy(request, documents, (value) => Math.floor((Number(value) - request.offset) / request.interval)),
  }),
  min: metric,
  max: metric,
  sum: metric,
  avg: metric,
  stats: metric,
  value_count: metric,
  extended_stats: extendedStats,
  weighted_avg: weightedAvg,
  percentiles: distribution,
  percentile_ranks: distribution,
  top_metrics: topMetrics,
  cardinality,
};

/** Keys ascending. */
function bucketsBy(
  { field, aggregations }: { readonly field: string; readonly aggregations: AggregationRequests },
  documents: readonly NaiveDocument[],
  keyOf: (value: string | number) => string | number,
): BucketPartial[] {
  return bucketsOfKeys(
    documents,
    (document) => valuesOf(document, field).map(keyOf),
    (inBucket) => naiveAggregations(aggregations, inBucket),
  );
}
