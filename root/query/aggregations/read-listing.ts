/** What callers write of all kinds with a bucket a term. */
import { accuracies, type Accuracy, type TermsListing } from '../../../shared/aggregation/terms-listing.ts';
import { byCount, isBoundedByFirst, isByLargest, type TermsOrder } from '../../../shared/aggregation/terms-order.ts';
import type { Properties } from '../../../shared/json/read-object.ts';
import { integerWithin, oneOf, readBoolean, type Reader } from '../../../shared/json/readers.ts';
import { limits } from '../../../shared/limits.ts';
import type { AggregationScope } from './definition.ts';
import { orderReader, type Nested } from './read-order.ts';
import { hitsKeptIn } from './top-hits.ts';

export const listingNames = [
  'size',
  'shard_size',
  'order',
  'min_doc_count',
  'show_term_doc_count_error',
  'accuracy',
] as const;

const sizeDefault = 10;

const readFromZero = integerWithin(0, Number.MAX_SAFE_INTEGER);
const readFromOne = integerWithin(1, Number.MAX_SAFE_INTEGER);

/** Of what is told only where documents match. */
const readMinDocCount: Reader<number> = (node) => {
  if (node.value !== 0) return readFromOne(node);
  const expected =
    'at least 1: terms without a document that matches are told by outermost terms only, and in one round (accuracy fast)';
  throw node.invalid({ expected, actual: 0 });
};

/**
/**
 * `"size"?: 10, "shard_size"?, "order"?, "min_doc_count"?: 1, "show_term_doc_count_error"?: false, "accuracy"?`
 * @param scope.aggregations what is nested in the buckets
 * @param tellsOthers whether `min_doc_count` may be 0
 */
export function readListing(
  properties: Properties<(typeof listingNames)[number]>,
  scope: Nested & Pick<AggregationScope, 'depth'>,
  tellsOthers = false,
): Omit<TermsListing, 'aggregations'> {
  const size = properties.optional('size', integerWithin(1, limits.bucketsMax), sizeDefault);
  const accuracy = properties.optional('accuracy', accuracyReader(scope.depth), undefined);
  const order = properties.optional('order', orderReader(scope), byCount);
  const sent = sentByDefault(size, { order, accuracy, hitsOfBucket: hitsKeptIn(scope.aggregations) });
  const readLeast = tellsOthers && (accuracy ?? 'fast') === 'fast' ? readFromZero : readMinDocCount;
  return {
    size,
    shardSize: properties.optional('shard_size', integerWithin(size, limits.bucketsMax), Math.max(size, sent)),
    order,
    minDocCount: properties.optional('min_doc_count', readLeast, 1),
    ...(properties.optional('show_term_doc_count_error', readBoolean, false) ? { showsError: true } : {}),
    ...(accuracy === undefined ? {} : { accuracy }),
  };
}

interface Sent {
  readonly order: TermsOrder;
  readonly accuracy: Accuracy | undefined;
  /** Documents that go with each bucket, shown or not. */
  readonly hitsOfBucket: number;
}

/** Terms that a leaf sends in the first round. */
function sentByDefault(size: number, { order, accuracy = 'fast', hitsOfBucket }: Sent): number {
  // What may come first anywhere in the others: all of them.
  if (!isBoundedByFirst(order)) return limits.bucketsMax;
  // Where leaves are asked on there is no need for terms that are hardly ever listed.
  const isAskedOn = accuracy !== 'fast' && isByLargest(order) && order.every(({ by }) => by !== 'metric');
  if (isAskedOn) return Math.min(limits.bucketsMax, 2 * size + 10);
  if (hitsOfBucket === 0) return limits.termsShardSizeDefault;
  // With hits in them so many fewer are sent, though more than are shown.
  const spare = Math.ceil(1.5 * size) + 10;
  return Math.min(limits.bucketsMax, Math.max(spare, Math.floor(limits.topHitsSentDefault / hitsOfBucket)));
}

/** The terms of each bucket around would have to be asked for by themselves. */
function accuracyReader(depth: number): Reader<Accuracy> {
  const readAny = oneOf(accuracies);
  return (node) => {
    const accuracy = readAny(node);
    if (accuracy === 'fast' || depth === 1) return accuracy;
    const expected =
      'fast, or an aggregation at the top: what is in buckets is asked for once, and tells how far off it is';
    throw node.invalid({ expected, actual: accuracy });
  };
}
