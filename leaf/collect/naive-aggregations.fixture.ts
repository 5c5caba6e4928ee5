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
import type { MetricPartial, MetricRequest } from '../../shared/aggregation/metric.ts';
import { slowCardinality } from '../../shared/aggregation/slow-cardinality.fixture.ts';
import { hashBytes64 } from '../../shared/hashing/hash.ts';
import { valuesOf } from './naive-search.fixture.ts';
import type { NaiveDocument } from './naive-search.fixture.ts';
import { bucketsOfKeys, bytesOf, naiveTerms } from './naive-terms.fixture.ts';
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
  cardinality: ({ field, precisionThreshold }, documents) => {
    const values = new Set(documents.flatMap((document) => valuesOf(document, field)));
    return slowCardinality(
      [...values].map((value) => hashBytes64(bytesOf(value))),
      precisionThreshold,
    );
  },
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

function metric(request: MetricRequest, documents: readonly NaiveDocument[]): MetricPartial {
  const all = documents.flatMap((document) => valuesOf(document, request.field));
  const values = request.values === 'string' ? [] : all.map(Number);
  const min = values.length === 0 ? null : Math.min(...values);
  const max = values.length === 0 ? null : Math.max(...values);
  const sum = values.reduce((total, value) => total + value, 0);
  return { kind: 'metric', count: all.length, sum, compensation: 0, min, max };
}

/** The same partials with every sum as one number. */
export function joinSums(partials: AggregationPartials): unknown {
  return Object.entries(partials).map(([name, partial]) => [name, joinPartial(partial)]);
}

function joinPartial(partial: AggregationPartial): unknown {
  if (partial.kind === 'metric') {
    const { sum, compensation, ...rest } = partial;
    return { ...rest, sum: sum + compensation };
  }
  if (!('buckets' in partial)) return partial;
  const buckets = partial.buckets.map(({ key, count, aggregations }) => ({
    key,
    count,
    nested: joinSums(aggregations),
  }));
  return { ...partial, buckets };
}
