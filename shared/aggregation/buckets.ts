/** What kinds with buckets have in common: their partials, how those merge, and how they are shown. */
import { isObject } from '../json/read-object.ts';
import { isCount } from '../protocol/partial-fields.ts';
import { compareStrings } from '../ranking/order.ts';
import { unbounded, withUncounted, type Missing } from './missing.ts';
import { saidNothing, sayCount, type Said } from './say-bounds.ts';
import type { AggregationPartials, AggregationRequests, Finishing, MergePartials } from './definition.ts';
import { shownKey, type ShownName } from '../schema/kinds/field-kinds.ts';

export type BucketPartial = {
  /** The term; of a histogram the index of the bucket (bucket-index.ts), a safe integer. */
  readonly key: number | string;
  /** Documents in the bucket, each once however many of its values fall in it. */
  readonly count: number;
  readonly aggregations: AggregationPartials;
};

/** `key`, `doc_count`, where keys have a second form `key_as_string`, and the results of what is nested by name. */
export type BucketResult = Readonly<Record<string, unknown>>;

/** Order of the keys of one aggregation: numbers by value, strings in code point order. */
export function compareKeys(a: number | string, b: number | string): number {
  return typeof a === 'number' && typeof b === 'number' ? a - b : compareStrings(String(a), String(b));
}

/** Whether what a leaf sent is buckets with such keys. */
export function areBuckets(
  buckets: unknown,
  isKey: (key: unknown) => boolean,
  areNested: (aggregations: unknown) => boolean,
): boolean {
  if (!Array.isArray(buckets)) return false;
  for (const bucket of buckets as unknown[]) {
    if (!isObject(bucket) || !isKey(bucket['key']) || !isCount(bucket['count'])) return false;
    if (!areNested(bucket['aggregations'])) return false;
  }
  return true;
}

/** The buckets of all parts, each key once, keys ascending. */
export function mergeBuckets(
  requests: AggregationRequests,
  parts: readonly { readonly buckets: readonly BucketPartial[] }[],
  mergeNested: MergePartials,
): BucketPartial[] {
  const byKey = new Map<BucketPartial['key'], BucketPartial[]>();
  for (const part of parts) {
    for (const bucket of part.buckets) {
      const same = byKey.get(bucket.key);
      if (same === undefined) byKey.set(bucket.key, [bucket]);
      else same.push(bucket);
    }
  }
  return [...byKey.values()]
    .map((same) => mergeSame(requests, same, mergeNested))
    .sort((a, b) => compareKeys(a.key, b.key));
}

/** Buckets of one key, at least one. */
function mergeSame(
  requests: AggregationRequests,
  buckets: readonly BucketPartial[],
  mergeNested: MergePartials,
): BucketPartial {
  if (buckets.length === 1) return buckets[0]!;
  return {
    key: buckets[0]!.key,
    count: buckets.reduce((sum, bucket) => sum + bucket.count, 0),
    aggregations: mergeNested(
      requests,
      buckets.map((bucket) => bucket.aggregations),
    ),
  };
}

/** What is known of the buckets of a kind where shards did not answer. */
export interface BucketLimits {
  /** What of the missing shards may be in a bucket of the list, by its place. */
  readonly missingIn: (place: number, missing: Missing) => Missing;
  /** So many documents at most may lack in a bucket of those that answered; 0 where left out. */
  readonly uncounted?: number;
  /** With fewer documents a bucket would not be listed; 0 where left out. */
  readonly shownFrom?: number;
}

/**
 * Buckets as a caller sees them, in their order. Where shards did not answer, each count has its bounds and its estimate.
 * @param limits null of a kind that no rule bounds
 * @throws SheafError AGGREGATION_TOO_MANY_BUCKETS
 */
export function finishBuckets(
  request: { readonly show: ShownName; readonly aggregations: AggregationRequests },
  buckets: readonly BucketPartial[],
  finishing: Finishing,
  limits: BucketLimits | null = null,
): BucketResult[] {
  finishing.budget.take(buckets.length);
  return buckets.map((bucket, place) => {
    // Without a prototype, because names are callers' words.
    const result: Record<string, unknown> = Object.create(null);
    const { key, asString } = shownKey(request.show, bucket.key);
    result['key'] = key;
    if (asString !== undefined) result['key_as_string'] = asString;
    result['doc_count'] = bucket.count;
    const missing = missingOf(finishing, limits, place);
    if (missing !== null) Object.assign(result, sayBucket(bucket.count, limits, missing));
    // What is nested lacks the documents that the count lacks.
    const within = missing && withUncounted(missing, limits?.uncounted ?? 0);
    return Object.assign(result, finishing.nested(request.aggregations, bucket.aggregations, within));
  });
}

/** What of the missing shards may be in a bucket; null where none is missing. */
function missingOf({ missing = null }: Finishing, limits: BucketLimits | null, place: number): Missing | null {
  if (missing === null) return null;
  return limits === null ? unbounded(missing, 'kind') : limits.missingIn(place, missing);
}

function sayBucket(found: number, limits: BucketLimits | null, missing: Missing): Said {
  if (limits === null) return saidNothing(missing.reason);
  return sayCount({ found, uncounted: limits.uncounted ?? 0, shownFrom: limits.shownFrom ?? 0 }, missing);
}
