/** What callers write of all kinds with a bucket a term. */
import type { TermsListing } from '../../../shared/aggregation/terms-listing.ts';
import { byCount, isBoundedByFirst } from '../../../shared/aggregation/terms-order.ts';
import type { Properties } from '../../../shared/json/read-object.ts';
import { integerWithin, readBoolean, type Reader } from '../../../shared/json/readers.ts';
import { limits } from '../../../shared/limits.ts';
import { orderReader, type Nested } from './read-order.ts';

export const listingNames = ['size', 'shard_size', 'order', 'min_doc_count', 'show_term_doc_count_error'] as const;

const sizeDefault = 10;

const readFromOne = integerWithin(1, Number.MAX_SAFE_INTEGER);

/** Leaves do not know which terms have no document that matches and some that lives. */
const readMinDocCount: Reader<number> = (node) => {
  if (node.value !== 0) return readFromOne(node);
  throw node.invalid({ expected: 'at least 1: terms without a document that matches are not told', actual: 0 });
};

/**
 * `"size"?: 10, "shard_size"?, "order"?, "min_doc_count"?: 1, "show_term_doc_count_error"?: false`
 * @param nested what is nested in the buckets
 */
export function readListing(
  properties: Properties<(typeof listingNames)[number]>,
  nested: Nested,
): Omit<TermsListing, 'aggregations'> {
  const size = properties.optional('size', integerWithin(1, limits.bucketsMax), sizeDefault);
  const order = properties.optional('order', orderReader(nested), byCount);
  // What may come first anywhere in the others: all of them.
  const sent = isBoundedByFirst(order) ? limits.termsShardSizeDefault : limits.bucketsMax;
  return {
    size,
    shardSize: properties.optional('shard_size', integerWithin(size, limits.bucketsMax), Math.max(size, sent)),
    order,
    minDocCount: properties.optional('min_doc_count', readMinDocCount, 1),
    ...(properties.optional('show_term_doc_count_error', readBoolean, false) ? { showsError: true } : {}),
  };
}
