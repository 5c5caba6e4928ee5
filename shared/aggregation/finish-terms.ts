/** From merged terms to those that are listed, and how far off they may be. */
import { anyThatMatch, type BucketLimits, type BucketResult } from './buckets.ts';
import type { AggregationRequests, Finishing } from './definition.ts';
import { firstOf } from './first-of.ts';
import { documentsMeant, withUncounted, type Missing } from './missing-shards.ts';
import { sayCount } from './say-bounds.ts';
import { compareNumbers, numberAt, type ToldNumber } from './number-at.ts';
import type { Steps } from './steps.ts';
import type { TermsListing } from './terms-listing.ts';
import { keyOrderOf, type CompareTerms, type TermsPartial, type TermsResult } from './terms-partial.ts';
import { compareBy, isBoundedByFirst, type OrderByMetric, type TermsOrderKey } from './terms-order.ts';

type Bucket = TermsPartial['buckets'][number];

interface TermKeys {
  readonly compare: CompareTerms;
  /** A key as a caller sees it: `key`, and `key_as_string` where it has one. */
  readonly show: (key: Bucket['key']) => Readonly<Record<string, unknown>>;
  /** See BucketLimits. */
  readonly missingIn?: BucketLimits['missingIn'];
  /** What of the missing shards may be in any bucket, listed or not. */
  readonly missingInAny?: (missing: Missing) => Missing;
}

/** @throws SheafError AGGREGATION_TOO_MANY_BUCKETS, SUM_TOO_LARGE */
export function* finishTerms(
  request: TermsListing,
  partial: TermsPartial,
  finishing: Finishing,
  { compare, show, missingIn = anyThatMatch, missingInAny = (missing) => anyThatMatch(null, missing) }: TermKeys,
): Steps<TermsResult> {
  const { isComplete, lacking, missing = null } = finishing;
  const ranked = yield* listTerms(request, partial, finishing, compare);
  const listed = ranked.slice(0, request.size);
  finishing.budget.take(listed.length);
  const lacksOf = lacksBy(request, partial, compare);
  const isWhole = isComplete && lacking === 0;
  const shownFrom = Math.max(request.minDocCount, firstCut(request, ranked));
  const buckets: BucketResult[] = [];
  for (const bucket of listed) {
    const lacks = lacksOf(bucket);
    const within = missing && missingIn(bucket.key, missing);
    const error = withMissing(lacks + lacking, isComplete ? 0 : within);
    // Without a prototype, because names are callers' words.
    const result: Record<string, unknown> = Object.create(null);
    Object.assign(result, show(bucket.key), { doc_count: bucket.count });
    if (request.showsError === true) result['doc_count_error_upper_bound'] = error;
    if (within !== null) {
      Object.assign(result, sayCount({ found: bucket.count, uncounted: lacks, shownFrom }, within));
    }
    const inBucket = { lacks, missing: within && withUncounted(within, lacks) };
    buckets.push(Object.assign(result, yield* finishing.nested(request.aggregations, bucket.aggregations, inBucket)));
  }
  return {
    doc_count_error_upper_bound: withMissing(
      boundOf(request, partial, listed, { lacksOf, lacking }),
      isComplete ? 0 : missing && missingInAny(missing),
    ),
    sum_other_doc_count: isWhole ? countOf(partial.buckets) - countOf(listed) + partial.cutCountSum : null,
    buckets,
  };
}

/** The error where shards are missing that may have so many more documents; null where nothing bounds it. */
function withMissing(error: number | null, more: Missing | 0 | null): number | null {
  if (error === null || more === null) return null;
  const most = more === 0 ? 0 : documentsMeant(more).most;
  return Number.isFinite(most) ? error + most : null;
}

/** Documents of the first bucket that is not listed, where the largest are. */
function firstCut({ order, size }: TermsListing, ranked: readonly Bucket[]): number {
  const [first] = order;
  return first!.by === 'count' && first!.descending ? (ranked[size]?.count ?? 0) : 0;
}

/** Those that are listed, and the next. */
function* listTerms(
  { order, size, minDocCount, aggregations }: TermsListing,
  { buckets }: TermsPartial,
  finishing: Finishing,
  compareTerms: CompareTerms,
): Steps<Bucket[]> {
  const enough = buckets.filter(({ count }) => count >= minDocCount);
  const numbers = new Map<TermsOrderKey, ReadonlyMap<Bucket, ToldNumber>>();
  for (const key of order) {
    if (key.by === 'metric') numbers.set(key, yield* numbersOf(key, enough, aggregations, finishing));
  }
  const compare = compareBy<Bucket>(order, {
    count: (a, b) => a.count - b.count,
    key: (a, b) => compareTerms(a.key, b.key),
    metric: (key) => {
      const known = numbers.get(key)!;
      return (a, b) => compareNumbers(known.get(a)!, known.get(b)!, key.descending);
    },
  });
  return firstOf(enough, size + 1, compare);
}

/** Looks the number of each bucket up, once. What that takes is of no answer: most of the buckets may not be listed. */
function* numbersOf(
  key: OrderByMetric,
  buckets: readonly Bucket[],
  aggregations: AggregationRequests,
  finishing: Finishing,
): Steps<ReadonlyMap<Bucket, ToldNumber>> {
  const asked = onlyPath(aggregations, key.path);
  const numbers = new Map<Bucket, ToldNumber>();
  for (const bucket of buckets) {
    const found = yield* finishing.nested(asked, bucket.aggregations, { missing: null, isListed: false });
    numbers.set(bucket, numberAt(found, key));
  }
  return numbers;
}

/** Of the aggregations those on a path, with nothing beside it. */
function onlyPath(aggregations: AggregationRequests, [name, ...rest]: readonly string[]): AggregationRequests {
  if (name === undefined) return {};
  const request = aggregations[name]!;
  const only = 'aggregations' in request ? { ...request, aggregations: onlyPath(request.aggregations, rest) } : request;
  return Object.fromEntries([[name, only]]);
}

/** What a bucket may lack because parts cut it away. */
function lacksBy(
  { order }: TermsListing,
  { cutFrom }: TermsPartial,
  compare: CompareTerms,
): (bucket: Bucket) => number {
  const byKey = keyOrderOf(order, compare);
  return ({ key, lacks = 0 }) => (byKey !== null && cutFrom !== undefined && byKey(key, cutFrom) < 0 ? 0 : lacks);
}

function boundOf(
  { order, size }: TermsListing,
  { cutCountMax, cutCountSum, cutFrom }: TermsPartial,
  listed: readonly Bucket[],
  { lacksOf, lacking }: { readonly lacksOf: (bucket: Bucket) => number; readonly lacking: number },
): number | null {
  if (cutCountSum === 0) return lacking;
  if (!isBoundedByFirst(order)) return null;
  // A full list of keys that come before all that was cut is that of all keys.
  const isWhole = cutFrom !== undefined && listed.length === size && listed.every((bucket) => lacksOf(bucket) === 0);
  return (isWhole ? 0 : cutCountMax) + lacking;
}

function countOf(buckets: readonly Bucket[]): number {
  return buckets.reduce((sum, bucket) => sum + bucket.count, 0);
}
