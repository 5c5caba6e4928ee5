/** What all kinds with a bucket a term are asked. */
import { integerWithin, oneOf, readBoolean } from '../json/readers.ts';
import { shaped, validateProperty, validateStrings, type Validator, type Validators } from '../json/validators.ts';
import type { AggregationRequests } from './definition.ts';
import { isByLargest, validateTermsOrder, type TermsOrder } from './terms-order.ts';

/**
 * `fast` is one round, with a sound interval for each count. `bounded` asks on until each count that is listed is exact, `exact` until
 * no term that is not known can belong in the list, too.
 */
export const accuracies = ['fast', 'bounded', 'exact'] as const;
export type Accuracy = (typeof accuracies)[number];

/** Of what was collected what is sent. */
export type WantedTerms =
  /** Those with so many documents, both included: what has more was sent before, and what has fewer is cut away. */
  | { readonly kind: 'counts'; readonly from: number; readonly upTo: number }
  /** Those of these keys; of no other anything is said. */
  | { readonly kind: 'keys'; readonly keys: readonly string[] };

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
  /** Of a list at the top; `fast` where it is left out. Leaves do not look at it. */
  readonly accuracy?: Accuracy;
  /** What a later round is still about; all where it is left out. */
  readonly wanted?: WantedTerms;
  readonly aggregations: AggregationRequests;
}

/**
 * Whether the list of a single part is the first of its terms as the part orders them, without those that are too small: these come last by
 * count. Parts order by no metric.
 */
export function isFirstOfPart({ order, minDocCount }: Pick<TermsListing, 'order' | 'minDocCount'>): boolean {
  return order.every(({ by }) => by !== 'metric') && (isByLargest(order) || minDocCount <= 1);
}

const fromOne = integerWithin(1, Number.MAX_SAFE_INTEGER);

/** Validators of what must be there of it. */
export const listingMust: Validators = {
  size: fromOne,
  shardSize: fromOne,
  order: validateTermsOrder,
  minDocCount: integerWithin(0, Number.MAX_SAFE_INTEGER),
};

const validateWanted: Readonly<Record<WantedTerms['kind'], Validator>> = {
  counts: shaped({ from: fromOne, upTo: fromOne }),
  keys: shaped({ keys: validateStrings }),
};

/** And of what may. */
export const listingMay: Validators = {
  showsError: readBoolean,
  accuracy: oneOf(accuracies),
  wanted: (node) => validateWanted[validateProperty(node, 'kind', oneOf(['counts', 'keys']))](node),
};
