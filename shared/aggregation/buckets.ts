/** What kinds with buckets have in common: their partials, how those merge, and how they are shown. */
import { isObject } from '../json/read-object.ts';
import { isCount, type Fields } from '../protocol/partial-fields.ts';
import { bytesOfKey } from './answer-budget.ts';
import { narrowed, type Missing } from './missing-shards.ts';
import { sayCount } from './say-bounds.ts';
import { compareStrings } from '../ranking/order.ts';
import { everyInSteps, Pace, type Steps } from './steps.ts';
import { OrderedMerge } from './ordered-merge.ts';
import { sortInSteps } from './sort-in-steps.ts';
import type { AggregationPartials, AggregationRequests, Checking, Finishing, MergePartials } from './definition.ts';

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

/** Whether what a leaf sent is buckets with such keys, and what is nested in each is right. */
export function areBuckets(
  aggregations: AggregationRequests,
  buckets: unknown,
  isKey: (key: unknown) => boolean,
  checking: Checking,
): Steps<boolean> {
  return areCounted(aggregations, buckets, (bucket) => isKey(bucket['key']), checking);
}

/** The same of buckets that need not have a key. @param isBucket whether what else it has is right */
export function* areCounted(
  aggregations: AggregationRequests,
  buckets: unknown,
  isBucket: (bucket: Fields) => boolean,
  { pace, areNested }: Checking,
): Steps<boolean> {
  if (!Array.isArray(buckets)) return false;
  const weight = 1 + Object.keys(aggregations).length;
  for (const bucket of buckets as unknown[]) {
    if (!isObject(bucket) || !isCount(bucket['count']) || !isBucket(bucket)) return false;
    const are = areNested(aggregations, bucket['aggregations']);
    if (are === false || (are !== true && !(yield* are))) return false;
    if (pace.isDue(weight)) yield;
  }
  return true;
}

/** What becomes of the buckets of one key. @param parts parallel to `same`: of which part each is */
export type FinishMerged<B> = (merged: BucketPartial, same: readonly B[], parts: readonly number[]) => B;

/**
 * The buckets of all parts, each key once, keys ascending. Parts are in that order, but those that were amended.
 * @param finish where buckets are more than BucketPartial says
 */
export function* mergeBuckets<B extends BucketPartial>(
  requests: AggregationRequests,
  parts: readonly { readonly buckets: readonly B[] }[],
  mergeNested: MergePartials,
  finish?: FinishMerged<B>,
): Steps<readonly BucketPartial[]> {
  const lists: (readonly B[])[] = [];
  for (const { buckets } of parts) lists.push(yield* inOrder(buckets));
  if (lists.length === 1 && lists[0] === parts[0]!.buckets) return lists[0];
  const all = new OrderedMerge<B>(lists, compareBuckets);
  const pace = new Pace();
  const merged: BucketPartial[] = [];
  let next = all.next();
  while (next !== undefined) {
    const same = [next];
    const of = [all.list];
    for (next = all.next(); next !== undefined && compareBuckets(same[0]!, next) === 0; next = all.next()) {
      same.push(next);
      of.push(all.list);
    }
    const one = yield* mergeSame(requests, same, mergeNested);
    merged.push(finish === undefined ? one : finish(one, same, of));
    if (pace.isDue(same.length)) yield;
  }
  return merged;
}

function compareBuckets(a: BucketPartial, b: BucketPartial): number {
  return compareKeys(a.key, b.key);
}

/** The same where each key is there once and they ascend. */
function* inOrder<B extends BucketPartial>(buckets: readonly B[]): Steps<readonly B[]> {
  const isOrdered = yield* everyInSteps(buckets, (bucket, i) => i === 0 || compareBuckets(buckets[i - 1]!, bucket) < 0);
  return isOrdered ? buckets : yield* sortInSteps(buckets, compareBuckets);
}

/** Buckets of one key, at least one. */
function* mergeSame(
  requests: AggregationRequests,
  buckets: readonly BucketPartial[],
  mergeNested: MergePartials,
): Steps<BucketPartial> {
  if (buckets.length === 1) return buckets[0]!;
  return {
    key: buckets[0]!.key,
    count: buckets.reduce((sum, bucket) => sum + bucket.count, 0),
    aggregations: yield* mergeNested(
      requests,
      buckets.map((bucket) => bucket.aggregations),
    ),
  };
}

/** How a key is shown; `asString` stands beside it where there is one. */
export type ShowKey = (key: BucketPartial['key']) => {
  readonly key: string | number;
  readonly asString: string | undefined;
};

/** What is known of the buckets of a kind where shards did not answer. */
export interface BucketLimits {
  /** What of the missing shards may be in the bucket of a key: where left out, any of their documents that match. */
  readonly missingIn?: (key: BucketPartial['key'], missing: Missing) => Missing;
  /** With fewer documents a bucket would not be listed; 0 where left out. */
  readonly shownFrom?: number;
}

/** What the second form of a key takes, but for its characters. */
const asStringBytes = 19;

/**
 * Buckets as a caller sees them, in their order. Where shards did not answer, each count has its bounds and its estimate.
 * @param show how keys are shown
 * @throws SheafError AGGREGATION_TOO_MANY_BUCKETS, AGGREGATION_TOO_LARGE
 */
export function* finishShownBuckets(
  { aggregations, show }: { readonly aggregations: AggregationRequests; readonly show: ShowKey },
  buckets: readonly BucketPartial[],
  finishing: Finishing,
  { missingIn = anyThatMatch, shownFrom = 0 }: BucketLimits = {},
): Steps<BucketResult[]> {
  finishing.take(buckets.length, aggregations);
  const { missing = null } = finishing;
  const shown: BucketResult[] = [];
  for (const bucket of buckets) {
    // Without a prototype, because names are callers' words.
    const result: Record<string, unknown> = Object.create(null);
    const { key, asString } = show(bucket.key);
    finishing.budget.takeBytes(bytesOfKey(key) + (asString === undefined ? 0 : asStringBytes + asString.length));
    result['key'] = key;
    if (asString !== undefined) result['key_as_string'] = asString;
    result['doc_count'] = bucket.count;
    const within = missing && missingIn(bucket.key, missing);
    if (within !== null) Object.assign(result, sayCount({ found: bucket.count, shownFrom }, within));
    shown.push(Object.assign(result, yield* finishing.nested(aggregations, bucket.aggregations, { missing: within })));
  }
  return shown;
}

/** What of the missing shards may be in a bucket of documents that match, whatever it is of. */
export function anyThatMatch(_key: unknown, missing: Missing): Missing {
  return narrowed(missing, () => true);
}
