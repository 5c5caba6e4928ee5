/** Which of merged terms are listed, in their order, and whether any other might be. */
import type { AggregationRequests, Finishing } from './definition.ts';
import { firstOf } from './first-of.ts';
import { compareNumbers, numberAt, type ToldNumber } from './number-at.ts';
import { everyInSteps, keepInSteps, type Steps } from './steps.ts';
import { isFirstOfPart, type TermsListing } from './terms-listing.ts';
import { compareBy, isByLargest, type OrderByMetric, type TermsOrderKey } from './terms-order.ts';
import { keyOrderOf, type CompareTerms, type TermsPartial } from './terms-partial.ts';

type Bucket = TermsPartial['buckets'][number];

/** Those that are listed, and the next. */
export function* listTerms(
  { order, size, minDocCount, aggregations }: TermsListing,
  { buckets }: TermsPartial,
  finishing: Finishing,
  compareTerms: CompareTerms,
): Steps<Bucket[]> {
  const enough = yield* keepInSteps(buckets, ({ count }) => count >= minDocCount);
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
  return yield* firstOf(enough, size + 1, compare);
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
export function lacksBy(
  { order }: Pick<TermsListing, 'order'>,
  { cutFrom }: Pick<TermsPartial, 'cutFrom'>,
  compare: CompareTerms,
): (bucket: Bucket) => number {
  const isBefore = isBeforeCut(order, cutFrom, compare);
  return ({ key, lacks = 0 }) => (isBefore(key) ? 0 : lacks);
}

/** Whether a key comes before all that was cut away, where buckets are listed by their keys. */
export function isBeforeCut(
  order: TermsListing['order'],
  cutFrom: Bucket['key'] | undefined,
  compare: CompareTerms,
): (key: Bucket['key']) => boolean {
  const byKey = keyOrderOf(order, compare);
  if (byKey === null || cutFrom === undefined) return () => false;
  return (key) => byKey(key, cutFrom) < 0;
}

/** With fewer documents a term does not belong in the list, where the largest are listed. */
export function rivalsFrom({ size, minDocCount }: TermsListing, listed: readonly Bucket[]): number {
  return listed.length < size ? minDocCount : listed[size - 1]!.count;
}

/**
 * Whether the list is that of all terms and its counts are whole, whatever parts have cut away. Cost: a look at each bucket where
 * something was.
 * @param listed at most `size`
 * @param of.parts answers of leaves that the partial is merged of; left out where that is not known
 */
export function* isProved(
  request: TermsListing,
  partial: TermsPartial,
  listed: readonly Bucket[],
  { compare, parts }: { readonly compare: CompareTerms; readonly parts?: number | undefined },
): Steps<boolean> {
  const { cutCountMax, cutCountSum, cutFrom, buckets } = partial;
  // Terms without documents are cut unseen, of any part that sent as many as it may.
  const isAllSent = cutCountSum === 0 && (request.minDocCount > 0 || buckets.length < request.shardSize);
  if (isAllSent || (parts === 1 && (isFirstOfPart(request) || isFullByKey(request, listed)))) return true;
  // A full list of keys that come before all that was cut is that of all keys.
  const isBefore = isBeforeCut(request.order, cutFrom, compare);
  if (request.order[0]!.by === 'key') return listed.length === request.size && listed.every(({ key }) => isBefore(key));
  if (!isByLargest(request.order) || listed.some(({ lacks = 0 }) => lacks > 0)) return false;
  const from = rivalsFrom(request, listed);
  if (cutCountMax >= from) return false;
  const inList = new Set(listed);
  return yield* everyInSteps(buckets, (bucket) => {
    const { count, lacks = 0 } = bucket;
    return lacks === 0 || count + lacks < from || inList.has(bucket);
  });
}

/** Whether all that are listed are known to come before all that the only part has cut away, though it may have sent some that are too small. */
function isFullByKey({ order, size }: TermsListing, listed: readonly Bucket[]): boolean {
  return order.every(({ by }) => by !== 'metric') && listed.length === size;
}
