/** What all kinds with a bucket a term are asked. */
import { integerWithin, readBoolean } from '../json/readers.ts';
import type { Validators } from '../json/validators.ts';
import type { AggregationRequests } from './definition.ts';
import { validateTermsOrder, type TermsOrder } from './terms-order.ts';

export interface TermsListing {
  /** Buckets in the result. */
  readonly size: number;
  /** Buckets one leaf sends at most; those it cuts are accounted for in the error bound. At least `size`. */
  readonly shardSize: number;
  readonly order: TermsOrder;
  /** Buckets with fewer documents are left out of the result. */
  readonly minDocCount: number;
  /** Whether each bucket says how far off its count may be. */
  readonly showsError?: boolean;
  readonly aggregations: AggregationRequests;
}

const fromOne = integerWithin(1, Number.MAX_SAFE_INTEGER);

/** Validators of what must be there of it. */
export const listingMust: Validators = {
  size: fromOne,
  shardSize: fromOne,
  order: validateTermsOrder,
  minDocCount: integerWithin(0, Number.MAX_SAFE_INTEGER),
};

/** And of what may. */
export const listingMay: Validators = { showsError: readBoolean };
