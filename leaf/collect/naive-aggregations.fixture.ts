/** Aggregates by reading every document: the slow twin of the collectors. */
import { compareKeys, type BucketPartial } from '../../shared/aggregation/buckets.ts';
import {
  kindOf,
  type AggregationKind,
  type AggregationPartial,
  type AggregationPartials,
  type AggregationRequests,
  type PartialOf,
  type RequestOf,
} from '../../shared/aggregation/definition.ts';
import type { Counted } from '../../shared/aggregation/single-bucket.ts';
import type { MetricPartial, MetricRequest } from '../../shared/aggregation/metric.ts';
import { slowCardinality } from '../../shared/aggregation/slow-cardinality.fixture.ts';
import { hashBytes64 } from '../../shared/hashing/hash.ts';
import { naiveMatches, valuesOf } from './naive-search.fixture.ts';
import type { NaiveDocument } from './naive-search.fixture.ts';

/** @param all every live document, those that do not match among them; only the outermost aggregations ask for them */
export function naiveAggregations(
  requests: AggregationRequests,
  documents: readonly NaiveDocument[],
  all: readonly NaiveDocument[] = documents,
): AggregationPartials {
  const partials: Record<string, AggregationPartial> = Object.create(null);
  for (const [name, request] of Object.entries(requests)) partials[name] = naiveAggregation(request, documents, all);
  return partials;
}

function naiveAggregation<K extends AggregationKind>(
  request: RequestOf<K>,
  documents: readonly NaiveDocument[],
  all: readonly NaiveDocument[],
): PartialOf<K> {
  return table[kindOf<K>(request)](request, documents, all);
}

const table: {
  readonly [K in AggregationKind]: (
    request: RequestOf<K>,
    documents: readonly NaiveDocument[],
    all: readonly NaiveDocument[],
  ) => PartialOf<K>;
} = {
  terms: (request, documents) => {
    const buckets = bucketsBy(request, documents, (value) => value);
    const ranked =
      request.order === 'count'
        ? buckets.toSorted((a, b) => b.count - a.count)
        : request.order === 'keyDescending'
          ? buckets.toReversed()
          : buckets;
    const cut = ranked.slice(request.shardSize).map(({ count }) => count);
    return {
      kind: 'terms',
      buckets: ranked.slice(0, request.shardSize).sort((a, b) => compareKeys(a.key, b.key)),
      cutCountMax: Math.max(0, ...cut),
      cutCountSum: cut.reduce((sum, count) => sum + count, 0),
    };
  },
  histogram: (request, documents) => ({
    kind: 'histogram',
    buckets: bucketsBy(request, documents, (value) => Math.floor((Number(value) - request.offset) / request.interval)),
  }),
  filter: ({ query, aggregations }, documents) => ({
    kind: 'single',
    ...counted(
      aggregations,
      documents.filter((document) => naiveMatches(document, query)),
    ),
  }),
  filters: ({ filters, hasOther, aggregations }, documents) => {
    const groups = filters.map((filter) => documents.filter((document) => naiveMatches(document, filter)));
    const others = documents.filter((document) => !groups.some((group) => group.includes(document)));
    const all = hasOther ? [...groups, others] : groups;
    return { kind: 'filters', buckets: all.map((group) => counted(aggregations, group)) };
  },
  missing: ({ field, aggregations }, documents) => ({
    kind: 'single',
    ...counted(
      aggregations,
      documents.filter((document) => valuesOf(document, field).length === 0),
    ),
  }),
  global: ({ query, aggregations }, _documents, all) => ({
    kind: 'single',
    ...counted(
      aggregations,
      all.filter((document) => naiveMatches(document, query)),
    ),
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

function counted(aggregations: AggregationRequests, documents: readonly NaiveDocument[]): Counted {
  return { count: documents.length, aggregations: naiveAggregations(aggregations, documents) };
}

function bytesOf(value: number | string): Uint8Array {
  return typeof value === 'string' ? Buffer.from(value) : new Uint8Array(new Float64Array([value + 0]).buffer);
}

/** Keys ascending. */
function bucketsBy(
  { field, aggregations }: { readonly field: string; readonly aggregations: AggregationRequests },
  documents: readonly NaiveDocument[],
  keyOf: (value: string | number) => string | number,
): BucketPartial[] {
  const groups = new Map<string | number, NaiveDocument[]>();
  for (const document of documents) {
    const keys = valuesOf(document, field).map(keyOf);
    for (const key of new Set(keys)) groups.set(key, [...(groups.get(key) ?? []), document]);
  }
  return [...groups]
    .map(([key, group]) => ({ key, count: group.length, aggregations: naiveAggregations(aggregations, group) }))
    .sort((a, b) => compareKeys(a.key, b.key));
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
  if (partial.kind === 'single') return { ...partial, aggregations: joinSums(partial.aggregations) };
  if (!('buckets' in partial)) return partial;
  const buckets = partial.buckets.map(({ aggregations, ...rest }) => ({ ...rest, nested: joinSums(aggregations) }));
  return { ...partial, buckets };
}
