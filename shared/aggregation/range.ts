/** A bucket for each of the ranges that a caller names, which may overlap: of numbers, dates and addresses. */
import { addressOfKey } from '../addresses/address-key.ts';
import { showAddress } from '../addresses/show-address.ts';
import { SheafError } from '../errors.ts';
import { readBoolean, readString } from '../json/readers.ts';
import { listOf, shaped, validateNumber, type Validator, type Validators } from '../json/validators.ts';
import { bytesOfKey, listBytes } from './answer-budget.ts';
import { anyThatMatch, areBuckets, mergeBuckets, type BucketResult } from './buckets.ts';
import { sayCount } from './say-bounds.ts';
import { dateKeys, readFormat, readZone } from './date-histogram.ts';
import type { AggregationDefinition, AggregationRequests, Finishing } from './definition.ts';
import type { Steps } from './steps.ts';
import type { HistogramPartial } from './histogram-options.ts';
import { keyedBuckets } from './keyed-buckets.ts';
import { javaDouble } from './java-double.ts';

/** Values from one to before the other; without it, from the least or to the greatest. */
export type Range<Bound> = {
  /** What its bucket is called; made of its bounds where it is left out. */
  readonly key?: string;
  readonly from?: Bound;
  readonly to?: Bound;
};

type Ranges<K, Bound> = {
  readonly kind: K;
  readonly field: string;
  /** In the order in which their buckets are listed; at least one. */
  readonly ranges: readonly Range<Bound>[];
  /** Buckets are listed by their keys, in an object. */
  readonly keyed?: boolean;
  readonly aggregations: AggregationRequests;
};

/** @param missing the value of documents without one */
export type RangeRequest = Ranges<'range', number> & { readonly missing?: number };
/** Bounds are milliseconds; for the rest see DateHistogramRequest. */
export type DateRangeRequest = Ranges<'date_range', number> & {
  readonly missing?: number;
  readonly timeZone: string;
  readonly format?: string;
};
/** Bounds are keys of addresses. */
export type IpRangeRequest = Ranges<'ip_range', string>;

type RangeKind = 'range' | 'date_range' | 'ip_range';

interface RangeResult {
  readonly buckets: readonly BucketResult[] | Readonly<Record<string, BucketResult>>;
}

declare module './definition.ts' {
  interface AggregationByKind {
    /** The key of a bucket is the place of its range in the request; ranges without documents are left out. */
    readonly range: {
      readonly request: RangeRequest;
      readonly partial: HistogramPartial;
      readonly result: RangeResult;
    };
    readonly date_range: {
      readonly request: DateRangeRequest;
      readonly partial: HistogramPartial;
      readonly result: RangeResult;
    };
    readonly ip_range: {
      readonly request: IpRangeRequest;
      readonly partial: HistogramPartial;
      readonly result: RangeResult;
    };
  }
}

const validateKey: Validator = (node) => {
  if (!/^[0-9a-f]{32}$/.test(readString(node))) throw node.invalid({ expected: 'the key of an address' });
  return node.value;
};

function validatorOf(bound: Validator, required: Validators, optional: Validators): Validator {
  return shaped(
    { field: readString, ranges: listOf(shaped({}, { key: readString, from: bound, to: bound })), ...required },
    { keyed: readBoolean, ...optional },
  );
}

const common = {
  nests: true,
  partialKind: 'histogram',
  resultBytes: () => listBytes,
  isPartial: ({ ranges, aggregations }, { buckets }, checking) =>
    areBuckets(
      aggregations,
      buckets,
      (key) => typeof key === 'number' && Number.isInteger(key) && key >= 0 && key < ranges.length,
      checking,
    ),
  *merge(request, parts, mergeNested) {
    return { kind: 'histogram', buckets: yield* mergeBuckets(request.aggregations, parts, mergeNested) };
  },
} as const satisfies Partial<AggregationDefinition<RangeKind>>;

export const range: AggregationDefinition<'range'> = {
  ...common,
  validate: validatorOf(validateNumber, {}, { missing: validateNumber }),
  finish: (request, partial, finishing) =>
    finishRanges(request, partial, (bound) => ({ bound, name: javaDouble(bound) }), finishing),
};

export const dateRange: AggregationDefinition<'date_range'> = {
  ...common,
  validate: validatorOf(validateNumber, { timeZone: readZone }, { missing: validateNumber, format: readFormat }),
  finish: (request, partial, finishing) => {
    const keyOf = dateKeys(request);
    const show = (bound: number): Shown => {
      const { asString } = keyOf(bound);
      return { bound, name: asString ?? javaDouble(bound), ...(asString === undefined ? {} : { asString }) };
    };
    return finishRanges(request, partial, show, finishing);
  },
};

export const ipRange: AggregationDefinition<'ip_range'> = {
  ...common,
  validate: validatorOf(validateKey, {}, {}),
  finish: (request, partial, finishing) => {
    const show = (bound: string): Shown => {
      const address = showAddress(addressOfKey(bound));
      return { bound: address, name: address };
    };
    return finishRanges(request, partial, show, finishing);
  },
};

/** How a bound is shown: by itself, in the name of a bucket, and as text beside it where there is any. */
interface Shown {
  readonly bound: number | string;
  readonly name: string;
  readonly asString?: string;
}

/** @throws SheafError AGGREGATION_TOO_MANY_BUCKETS; REQUEST_VALUE_INVALID where two keyed buckets would have one name */
function* finishRanges<Bound>(
  { ranges, keyed = false, aggregations }: Omit<Ranges<RangeKind, Bound>, 'kind'>,
  { buckets }: HistogramPartial,
  show: (bound: Bound) => Shown,
  finishing: Finishing,
): Steps<RangeResult> {
  finishing.take(ranges.length, aggregations);
  const { missing = null } = finishing;
  const found = new Map(buckets.map((bucket) => [bucket.key, bucket]));
  const listed: BucketResult[] = [];
  const named = new Map<string, BucketResult>();
  for (const [place, { key, from, to }] of ranges.entries()) {
    const bucket = found.get(place) ?? { count: 0, aggregations: finishing.empty(aggregations) };
    const [low, high] = [from === undefined ? undefined : show(from), to === undefined ? undefined : show(to)];
    const name = key ?? `${low?.name ?? '*'}-${high?.name ?? '*'}`;
    finishing.budget.takeBytes(bytesOfKey(name) + bytesOfBound(low) + bytesOfBound(high));
    // Without a prototype, because names are callers' words.
    const result: Record<string, unknown> = Object.create(null);
    if (!keyed) result['key'] = name;
    addBound(result, 'from', low);
    addBound(result, 'to', high);
    result['doc_count'] = bucket.count;
    const within = missing && anyThatMatch(place, missing);
    if (within !== null) Object.assign(result, sayCount({ found: bucket.count }, within));
    Object.assign(result, yield* finishing.nested(aggregations, bucket.aggregations, { missing: within }));
    if (!keyed) listed.push(result);
    else if (named.has(name)) {
      const expected = 'ranges with keys that differ, or ranges that are not keyed';
      throw new SheafError('REQUEST_VALUE_INVALID', { detail: { expected, name } });
    } else named.set(name, result);
  }
  return { buckets: keyed ? yield* keyedBuckets(named) : listed };
}

function bytesOfBound(shown: Shown | undefined): number {
  return shown === undefined ? 0 : bytesOfKey(shown);
}

function addBound(result: Record<string, unknown>, name: string, shown: Shown | undefined): void {
  if (shown === undefined) return;
  result[name] = shown.bound;
  if (shown.asString !== undefined) result[`${name}_as_string`] = shown.asString;
}
