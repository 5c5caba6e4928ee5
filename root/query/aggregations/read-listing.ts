/** What callers write of all kinds with a bucket a term. */
import { accuracies, type Accuracy, type TermsListing } from '../../../shared/aggregation/terms-listing.ts';
import { byCount, isBoundedByFirst, isByLargest, type TermsOrder } from '../../../shared/aggregation/terms-order.ts';
import type { Properties } from '../../../shared/json/read-object.ts';
import { integerWithin, oneOf, readBoolean, type Reader } from '../../../shared/json/readers.ts';
import { limits } from '../../../shared/limits.ts';
import type { AggregationScope } from './definition.ts';
import { orderReader } from './read-order.ts';

export const listingNames = [
  'size',
  'shard_size',
  'order',
  'min_doc_count',
  'show_term_doc_count_error',
  'accuracy',
] as const;

const sizeDefault = 10;

const readFromOne = integerWithin(1, Number.MAX_SAFE_INTEGER);

/** Leaves do not know which terms have no document that matches and some that lives. */
const readMinDocCount: Reader<number> = (node) => {
  if (node.value !== 0) return readFromOne(node);
  throw node.invalid({ expected: 'at least 1: terms without a document that matches are not told', actual: 0 });
};

/**
 * `"size"?: 10, "shard_size"?, "order"?, "min_doc_count"?: 1, "show_term_doc_count_error"?: false, "accuracy"?`
 * @param scope.aggregations what is nested in the buckets
 */
export function readListing(
  properties: Properties<(typeof listingNames)[number]>,
  { aggregations, depth }: Pick<AggregationScope, 'aggregations' | 'depth'>,
): Omit<TermsListing, 'aggregations'> {
  const size = properties.optional('size', integerWithin(1, limits.bucketsMax), sizeDefault);
  const accuracy = properties.optional('accuracy', accuracyReader(depth), undefined);
  const order = properties.optional('order', orderReader(aggregations), byCount);
  const sent = sentByDefault(size, order, accuracy);
  return {
    size,
    shardSize: properties.optional('shard_size', integerWithin(size, limits.bucketsMax), Math.max(size, sent)),
    order,
    minDocCount: properties.optional('min_doc_count', readMinDocCount, 1),
    ...(properties.optional('show_term_doc_count_error', readBoolean, false) ? { showsError: true } : {}),
    ...(accuracy === undefined ? {} : { accuracy }),
  };
}

/** Terms that a leaf sends in the first round. */
function sentByDefault(size: number, order: TermsOrder, accuracy: Accuracy = 'fast'): number {
  // What may come first anywhere in the others: all of them.
  if (!isBoundedByFirst(order)) return limits.bucketsMax;
  // Where leaves are asked on there is no need for terms that are hardly ever listed.
  const isAskedOn = accuracy !== 'fast' && isByLargest(order) && order.every(({ by }) => by !== 'metric');
  return isAskedOn ? Math.min(limits.bucketsMax, 2 * size + 10) : limits.termsShardSizeDefault;
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
