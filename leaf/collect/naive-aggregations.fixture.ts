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
import type { HistogramPartial } from '../../shared/aggregation/histogram-options.ts';
import type { Range } from '../../shared/aggregation/range.ts';
import type { MetricPartial, MetricRequest } from '../../shared/aggregation/metric.ts';
import { rememberedFloor } from '../../shared/dates/slow-date-borders.fixture.ts';
import { slowCardinality } from '../../shared/aggregation/slow-cardinality.fixture.ts';
import { hashBytes64 } from '../../shared/hashing/hash.ts';
import { valuesOf } from './naive-search.fixture.ts';
import type { NaiveDocument } from './naive-search.fixture.ts';

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
  histogram: (request, documents) => {
    const { min = -Infinity, max = Infinity } = request.hardBounds ?? {};
    const { interval, offset } = request;
    const buckets = bucketsBy(request, documents, (value) => Math.floor((Number(value) - offset) / interval));
    const begins = ({ key }: BucketPartial): number => Number(key) * interval + offset;
    return { kind: 'histogram', buckets: buckets.filter((bucket) => begins(bucket) >= min && begins(bucket) <= max) };
  },
  date_histogram: (request, documents) => {
    const { min = -Infinity, max = Infinity } = request.hardBounds ?? {};
    const { interval, timeZone, offset } = request;
    const buckets = bucketsBy(request, documents, (value) =>
      rememberedFloor(Number(value), interval, timeZone, offset),
    );
    return { kind: 'histogram', buckets: buckets.filter(({ key }) => Number(key) >= min && Number(key) < max) };
  },
  range: (request, documents) => rangesOf(request, documents, (value) => Number(value)),
  date_range: (request, documents) => rangesOf(request, documents, (value) => Number(value)),
  ip_range: (request, documents) => rangesOf(request, documents, (value) => String(value)),
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

function bytesOf(value: number | string): Uint8Array {
  return typeof value === 'string' ? Buffer.from(value) : new Uint8Array(new Float64Array([value + 0]).buffer);
}

/** Keys ascending. */
function bucketsBy(
  {
    field,
    missing,
    aggregations,
  }: { readonly field: string; readonly missing?: string | number; readonly aggregations: AggregationRequests },
  documents: readonly NaiveDocument[],
  keyOf: (value: string | number) => string | number,
): BucketPartial[] {
  const groups = new Map<string | number, NaiveDocument[]>();
  for (const document of documents) {
    const values = valuesOf(document, field);
    const keys = (values.length === 0 && missing !== undefined ? [missing] : values).map(keyOf);
    for (const key of new Set(keys)) groups.set(key, [...(groups.get(key) ?? []), document]);
  }
  return [...groups]
    .map(([key, group]) => ({ key, count: group.length, aggregations: naiveAggregations(aggregations, group) }))
    .sort((a, b) => compareKeys(a.key, b.key));
}

function rangesOf<Bound extends string | number>(
  {
    field,
    ranges,
    missing,
    aggregations,
  }: {
    readonly field: string;
    readonly ranges: readonly Range<Bound>[];
    readonly missing?: Bound;
    readonly aggregations: AggregationRequests;
  },
  documents: readonly NaiveDocument[],
  boundOf: (value: string | number) => Bound,
): HistogramPartial {
  const buckets = ranges.map(({ from, to }, key) => {
    const held = documents.filter((document) => {
      const values = valuesOf(document, field).map(boundOf);
      return (values.length === 0 && missing !== undefined ? [missing] : values).some(
        (value) => (from === undefined || value >= from) && (to === undefined || value < to),
      );
    });
    return { key, count: held.length, aggregations: naiveAggregations(aggregations, held) };
  });
  return { kind: 'histogram', buckets: buckets.filter(({ count }) => count > 0) };
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
