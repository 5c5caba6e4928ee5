/** The monoid of aggregation partials: merging is associative and commutative, and `emptyPartials` changes nothing. */
import { compareStrings } from '../ranking/order.ts';
import type {
  AggregationPartial,
  AggregationPartials,
  BucketPartial,
  HistogramPartial,
  MetricPartial,
  TermsPartial,
} from './partial.ts';
import type { AggregationRequest, AggregationRequests } from './request.ts';
import { addSums } from './sum.ts';

/** The partials of no documents. */
export function emptyPartials(requests: AggregationRequests): AggregationPartials {
  return mergeAggregations(requests, []);
}

/**
 * One partial that says what the parts say together. Sums of fractions may differ in the last digits with the order
 * of the parts; all else is exact.
 *
 * @param parts partials of these requests, each with every name of the requests
 */
export function mergeAggregations(
  requests: AggregationRequests,
  parts: readonly AggregationPartials[],
): AggregationPartials {
  const merged: Record<string, AggregationPartial> = Object.create(null);
  for (const [name, request] of Object.entries(requests)) {
    merged[name] = mergeOne(
      request,
      parts.map((part) => partOf(part, name)),
    );
  }
  return merged;
}

function partOf(part: AggregationPartials, name: string): AggregationPartial {
  if (!Object.hasOwn(part, name)) throw new Error(`the partial lacks aggregation ${name}`);
  return part[name]!;
}

function mergeOne(request: AggregationRequest, parts: readonly AggregationPartial[]): AggregationPartial {
  switch (request.kind) {
    case 'terms':
      return mergeTerms(request.aggregations, ofKind(parts, 'terms'));
    case 'histogram':
      return mergeHistograms(request.aggregations, ofKind(parts, 'histogram'));
    case 'min':
    case 'max':
    case 'sum':
    case 'avg':
    case 'stats':
    case 'value_count':
    case 'raw':
      return ofKind(parts, 'metric').reduce(mergeMetrics, noValues);
  }
}

type PartialOf<K extends AggregationPartial['kind']> = Extract<AggregationPartial, { kind: K }>;

function ofKind<K extends AggregationPartial['kind']>(
  parts: readonly AggregationPartial[],
  kind: K,
): readonly PartialOf<K>[] {
  return parts.map((part) => {
    if (part.kind !== kind) throw new Error(`a ${part.kind} partial where ${kind} was asked`);
    return part as PartialOf<K>;
  });
}

const noValues: MetricPartial = { kind: 'metric', count: 0, sum: 0, compensation: 0, min: null, max: null };

function mergeMetrics(a: MetricPartial, b: MetricPartial): MetricPartial {
  return {
    kind: 'metric',
    count: a.count + b.count,
    ...addSums(a, b),
    min: a.min === null || b.min === null ? (a.min ?? b.min) : Math.min(a.min, b.min),
    max: a.max === null || b.max === null ? (a.max ?? b.max) : Math.max(a.max, b.max),
  };
}

/**
 * A key that a part cut away had at most the part's `cutCountMax` documents there, so the sum of those bounds what
 * any key lacks in the merged counts.
 */
function mergeTerms(requests: AggregationRequests, parts: readonly TermsPartial[]): TermsPartial {
  return {
    kind: 'terms',
    buckets: mergeBuckets(requests, parts),
    cutCountMax: parts.reduce((sum, part) => sum + part.cutCountMax, 0),
    cutCountSum: parts.reduce((sum, part) => sum + part.cutCountSum, 0),
  };
}

function mergeHistograms(requests: AggregationRequests, parts: readonly HistogramPartial[]): HistogramPartial {
  return { kind: 'histogram', buckets: mergeBuckets(requests, parts) };
}

function mergeBuckets(
  requests: AggregationRequests,
  parts: readonly { readonly buckets: readonly BucketPartial[] }[],
): BucketPartial[] {
  const byKey = new Map<BucketPartial['key'], BucketPartial[]>();
  for (const part of parts) {
    for (const bucket of part.buckets) {
      const same = byKey.get(bucket.key);
      if (same === undefined) byKey.set(bucket.key, [bucket]);
      else same.push(bucket);
    }
  }
  return [...byKey.values()].map((same) => mergeSame(requests, same)).sort((a, b) => compareKeys(a.key, b.key));
}

/** Buckets of one key, at least one. */
function mergeSame(requests: AggregationRequests, buckets: readonly BucketPartial[]): BucketPartial {
  if (buckets.length === 1) return buckets[0]!;
  return {
    key: buckets[0]!.key,
    count: buckets.reduce((sum, bucket) => sum + bucket.count, 0),
    aggregations: mergeAggregations(
      requests,
      buckets.map((bucket) => bucket.aggregations),
    ),
  };
}

/** Order of the keys of one aggregation: numbers by value, strings in code point order. */
export function compareKeys(a: number | string, b: number | string): number {
  return typeof a === 'number' && typeof b === 'number' ? a - b : compareStrings(String(a), String(b));
}
