/** What callers write of all kinds with a bucket a term. */
import type { AggregationRequests } from '../../../shared/aggregation/definition.ts';
import type { TermsListing } from '../../../shared/aggregation/terms-listing.ts';
import { byCount, isBoundedByFirst } from '../../../shared/aggregation/terms-order.ts';
import type { Properties } from '../../../shared/json/read-object.ts';
import { integerWithin, readBoolean, type Reader } from '../../../shared/json/readers.ts';
import { limits } from '../../../shared/limits.ts';
import { orderReader } from './read-order.ts';
import { hitsKeptIn } from './top-hits.ts';

export const listingNames = ['size', 'shard_size', 'order', 'min_doc_count', 'show_term_doc_count_error'] as const;

const sizeDefault = 10;

const readFromZero = integerWithin(0, Number.MAX_SAFE_INTEGER);
const readFromOne = integerWithin(1, Number.MAX_SAFE_INTEGER);

/** Of what is told only where documents match. */
const readMinDocCount: Reader<number> = (node) => {
  if (node.value !== 0) return readFromOne(node);
  const expected = 'at least 1: terms without a document that matches are told by outermost terms only';
  throw node.invalid({ expected, actual: 0 });
};

/**
 * `"size"?: 10, "shard_size"?, "order"?, "min_doc_count"?: 1, "show_term_doc_count_error"?: false`
 * @param aggregations what is nested in the buckets
 * @param tellsOthers whether `min_doc_count` may be 0
 */
export function readListing(
  properties: Properties<(typeof listingNames)[number]>,
  aggregations: AggregationRequests,
  tellsOthers = false,
): Omit<TermsListing, 'aggregations'> {
  const size = properties.optional('size', integerWithin(1, limits.bucketsMax), sizeDefault);
  const order = properties.optional('order', orderReader(aggregations), byCount);
  // What may come first anywhere in the others: all of them.
  const sent = isBoundedByFirst(order) ? sentByDefault(size, hitsKeptIn(aggregations)) : limits.bucketsMax;
  return {
    size,
    shardSize: properties.optional('shard_size', integerWithin(size, limits.bucketsMax), Math.max(size, sent)),
    order,
    minDocCount: properties.optional('min_doc_count', tellsOthers ? readFromZero : readMinDocCount, 1),
    ...(properties.optional('show_term_doc_count_error', readBoolean, false) ? { showsError: true } : {}),
  };
}

/** Documents go with each bucket that is sent, shown or not: with hits in them so many fewer are sent, though more than are shown. */
function sentByDefault(size: number, hitsOfBucket: number): number {
  if (hitsOfBucket === 0) return limits.termsShardSizeDefault;
  const spare = Math.ceil(1.5 * size) + 10;
  return Math.min(limits.bucketsMax, Math.max(spare, Math.floor(limits.topHitsSentDefault / hitsOfBucket)));
}
