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
import type { HistogramPartial } from '../../shared/aggregation/histogram-options.ts';
import type { Range } from '../../shared/aggregation/range.ts';
import { rememberedFloor } from '../../shared/dates/slow-date-borders.fixture.ts';
import { naiveMatches, valuesOf } from './naive-search.fixture.ts';
import type { Counted } from '../../shared/aggregation/single-bucket.ts';
import type { NaiveDocument } from './naive-search.fixture.ts';
import { bucketsOfKeys, naiveTerms } from './naive-terms.fixture.ts';
import { naiveTopHits } from './naive-top-hits.fixture.ts';
import { naiveComposite, naiveMultiTerms } from './naive-tuples.fixture.ts';

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
  terms: (request, documents, all) => {
    const { others } = request;
    const there = others === undefined ? [] : all.filter((document) => naiveMatches(document, others));
    return naiveTerms(request, documents, (requests, inBucket) => naiveAggregations(requests, inBucket), there);
  },
  multi_terms: (request, documents) => naiveMultiTerms(request, documents, naiveAggregations),
  composite: (request, documents) => naiveComposite(request, documents, naiveAggregations),
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
  extended_stats: extendedStats,
  weighted_avg: weightedAvg,
  percentiles: distribution,
  percentile_ranks: distribution,
  top_hits: naiveTopHits,
  top_metrics: topMetrics,
  cardinality,
};

function counted(aggregations: AggregationRequests, documents: readonly NaiveDocument[]): Counted {
  return { count: documents.length, aggregations: naiveAggregations(aggregations, documents) };
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
  return bucketsOfKeys(
    documents,
    (document) => valuesOr(valuesOf(document, field), missing).map(keyOf),
    (inBucket) => naiveAggregations(aggregations, inBucket),
  );
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

function valuesOr<T>(values: readonly T[], missing: T | undefined): readonly T[] {
  return values.length === 0 && missing !== undefined ? [missing] : values;
}
