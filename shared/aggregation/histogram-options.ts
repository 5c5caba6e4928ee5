/** What histograms of numbers and of dates have in common: options of their buckets, and how those are listed. */
import { SheafError } from '../errors.ts';
import { integerWithin, oneOf, readBoolean } from '../json/readers.ts';
import { shaped, validateNumber, type Validators } from '../json/validators.ts';
import {
  finishShownBuckets,
  type BucketLimits,
  type BucketPartial,
  type BucketResult,
  type ShowKey,
} from './buckets.ts';
import { keyedBuckets } from './keyed-buckets.ts';
import { javaDouble } from './java-double.ts';
import type { AggregationRequests, Finishing } from './definition.ts';
import { sortInSteps } from './sort-in-steps.ts';
import { bucketsPerStep, type Steps } from './steps.ts';

/** Values of the field, either of which may be open. */
export type Bounds = { readonly min?: number; readonly max?: number };

export type HistogramOrder = { readonly by: 'key' | 'count'; readonly descending: boolean };

export type HistogramOptions = {
  /** 0 fills the gaps between the first and the last bucket with empty ones. */
  readonly minDocCount: number;
  /** Buckets are listed by name, in an object. */
  readonly keyed?: boolean;
  /** By key, ascending, where it is left out. */
  readonly order?: HistogramOrder;
  /** The value of documents without one. */
  readonly missing?: number;
  /** Where gaps are filled, they are filled up to the buckets of these. */
  readonly extendedBounds?: Bounds;
  /** Buckets that begin outside of these are left out, and documents in them with them. */
  readonly hardBounds?: Bounds;
  readonly aggregations: AggregationRequests;
};

export type HistogramPartial = {
  readonly kind: 'histogram';
  /** Keys ascending; only buckets with documents. */
  readonly buckets: readonly BucketPartial[];
};

export interface HistogramResult {
  readonly buckets: readonly BucketResult[] | Readonly<Record<string, BucketResult>>;
}

const validateBounds = shaped({}, { min: validateNumber, max: validateNumber });

export const requiredOptions: Validators = { minDocCount: integerWithin(0, Number.MAX_SAFE_INTEGER) };

export const optionalOptions: Validators = {
  keyed: readBoolean,
  order: shaped({ by: oneOf(['key', 'count']), descending: readBoolean }),
  missing: validateNumber,
  extendedBounds: validateBounds,
  hardBounds: validateBounds,
};

/**
 * @param buckets those that are listed, keys ascending, each key as a number that is shown
 * @throws SheafError AGGREGATION_TOO_MANY_BUCKETS; REQUEST_VALUE_INVALID where two buckets would have one name
 */
export function* finishHistogram(
  { order, keyed = false, aggregations }: HistogramOptions,
  buckets: readonly BucketPartial[],
  { show, limits }: { readonly show: ShowKey; readonly limits: BucketLimits },
  finishing: Finishing,
): Steps<HistogramResult> {
  const ordered = order === undefined ? buckets : yield* sorted(buckets, order);
  const listed = yield* finishShownBuckets({ aggregations, show }, ordered, finishing, limits);
  return { buckets: keyed ? yield* byName(listed) : listed };
}

/** Buckets of one count by key, ascending. */
function* sorted(
  buckets: readonly BucketPartial[],
  { by, descending }: HistogramOrder,
): Steps<readonly BucketPartial[]> {
  if (by === 'key') return descending ? buckets.toReversed() : buckets;
  return yield* sortInSteps(buckets, (a, b) => (descending ? b.count - a.count : a.count - b.count));
}

/** Buckets by their `key_as_string`, or by their key where there is none. @throws SheafError REQUEST_VALUE_INVALID */
function* byName(buckets: readonly BucketResult[]): Steps<Readonly<Record<string, BucketResult>>> {
  const named = new Map<string, BucketResult>();
  for (const bucket of buckets) {
    const name = nameOf(bucket);
    if (named.has(name)) {
      const expected = 'a format that tells buckets apart, or buckets that are not keyed';
      throw new SheafError('REQUEST_VALUE_INVALID', { detail: { expected, name } });
    }
    named.set(name, bucket);
    if (named.size % bucketsPerStep === 0) yield;
  }
  return yield* keyedBuckets(named);
}

function nameOf({ key, key_as_string: asString }: BucketResult): string {
  if (typeof asString === 'string') return asString;
  return typeof key === 'number' ? javaDouble(key) : String(key);
}
