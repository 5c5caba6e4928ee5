/** Count, sum, least and greatest of the values of a field in one partial, and the kinds that are made of it. */
import { readString } from '../json/readers.ts';
import { shaped } from '../json/validators.ts';
import { isCount, isNumberOrNull } from '../protocol/partial-fields.ts';
import { meanOfIntegers, showInteger } from './big-ints.ts';
import type { AggregationDefinition, FinishOptions } from './definition.ts';
import { metricBounds, type MetricName } from './metric-bounds.ts';
import { havingField, type Missing } from './missing.ts';
import {
  noEstimate,
  sayBounds,
  sayEstimate,
  showInterval,
  type Said,
  type SaidBounds,
  type SaidEstimate,
  type ShownInterval,
} from './say-bounds.ts';
import { addSums, exactSum, valueOfSum } from './sum.ts';
import { validateValueKind, type ValueKind } from './value-kind.ts';

/** `value_count` works on any kind but text; the others on numbers and dates. Each value of an array counts. */
export type MetricRequest<K extends MetricKind = MetricKind> = {
  readonly kind: K;
  readonly field: string;
  readonly values: ValueKind;
};

export type MetricPartial = {
  readonly kind: 'metric';
  /** Values seen. */
  readonly count: number;
  /**
   * Sum as an unevaluated pair: `sum + compensation` (Neumaier), so that merges lose next to nothing in any order, and
   * nothing at all of whole numbers.
   */
  readonly sum: number;
  readonly compensation: number;
  /** `null` when count is 0. */
  readonly min: number | null;
  readonly max: number | null;
};

interface ValueResult {
  /** `null` for the least, greatest or mean of no values; a string where a sum of whole numbers is beyond 2^53. */
  readonly value: number | string | null;
}

interface StatsResult {
  readonly count: number;
  readonly min: number | null;
  readonly max: number | null;
  readonly avg: number | null;
  /** A string where it is a sum of whole numbers beyond 2^53. */
  readonly sum: number | string;
}

type MetricKind = 'min' | 'max' | 'sum' | 'avg' | 'stats' | 'value_count';

interface Metric<K extends MetricKind, R> {
  readonly request: MetricRequest<K>;
  readonly partial: MetricPartial;
  readonly result: R;
}

declare module './definition.ts' {
  interface AggregationByKind {
    readonly min: Metric<'min', ValueResult>;
    readonly max: Metric<'max', ValueResult>;
    readonly sum: Metric<'sum', ValueResult>;
    readonly avg: Metric<'avg', ValueResult>;
    readonly stats: Metric<'stats', StatsResult>;
    readonly value_count: Metric<'value_count', ValueResult>;
  }
}

const noValues: MetricPartial = { kind: 'metric', count: 0, sum: 0, compensation: 0, min: null, max: null };

const metric: Omit<AggregationDefinition<MetricKind>, 'finish' | 'nests'> & { readonly nests: false } = {
  nests: false,
  partialKind: 'metric',
  validate: shaped({ field: readString, values: validateValueKind }),
  isPartial: (_request, { count, sum: total, compensation, min: least, max: greatest }) => {
    if (!isCount(count) || typeof total !== 'number' || typeof compensation !== 'number') return false;
    return isNumberOrNull(least) && isNumberOrNull(greatest);
  },
  merge: (_request, parts) => parts.reduce(mergeMetrics, noValues),
};

export const min: AggregationDefinition<'min'> = {
  ...metric,
  finish: (_request, partial) => ({ value: partial.min }),
  bounds: boundsBy('min'),
};

export const max: AggregationDefinition<'max'> = {
  ...metric,
  finish: (_request, partial) => ({ value: partial.max }),
  bounds: boundsBy('max'),
};

export const sum: AggregationDefinition<'sum'> = {
  ...metric,
  finish: ({ field }, partial, finishing) => ({ value: shownSum(field, partial, finishing) }),
  bounds: boundsBy('sum'),
};

export const avg: AggregationDefinition<'avg'> = {
  ...metric,
  finish: ({ field }, partial, finishing) => ({ value: meanOf(field, partial, finishing) }),
  bounds: boundsBy('avg'),
};

export const stats: AggregationDefinition<'stats'> = {
  ...metric,
  finish: ({ field }, partial, finishing) => ({
    count: partial.count,
    min: partial.min,
    max: partial.max,
    avg: meanOf(field, partial, finishing),
    sum: shownSum(field, partial, finishing),
  }),
  bounds: ({ field }, partial, missing, options) => {
    const told = (name: MetricName): ShownInterval | null => {
      const interval = metricBounds(name, field, { found: partial, missing, options });
      return interval && showInterval(interval);
    };
    const bounds = { count: told('count'), min: told('min'), max: told('max'), avg: told('avg'), sum: told('sum') };
    return { bounds, ...noEstimate('kind') };
  },
};

export const valueCount: AggregationDefinition<'value_count'> = {
  ...metric,
  finish: (_request, partial) => ({ value: partial.count }),
  bounds: ({ field }, partial, missing, options) => ({
    ...sayOf('count', { field, partial, missing, options }),
    ...estimateOfValues(field, partial.count, missing),
  }),
};

/** Where no document has more than one value, there are as many values as documents with one. */
function estimateOfValues(field: string, found: number, missing: Missing): SaidEstimate {
  if ('mostValues' in missing.sample && missing.sample.mostValues(field) > 1) return noEstimate('kind');
  return sayEstimate({ found, uncounted: 0, shownFrom: 0 }, havingField(missing, field));
}

interface Found {
  readonly field: string;
  readonly partial: MetricPartial;
  readonly missing: Missing;
  readonly options: FinishOptions;
}

function sayOf(name: MetricName, { field, partial, missing, options }: Found): SaidBounds {
  const interval = metricBounds(name, field, { found: partial, missing, options });
  return interval === null ? { bounds: null, bounds_reason: 'none' } : sayBounds(interval, missing.reason);
}

/** What else is said of one of these numbers. An extreme is no share of anything, and of sums no squares are collected. */
function boundsBy(name: MetricName) {
  return ({ field }: MetricRequest, partial: MetricPartial, missing: Missing, options: FinishOptions): Said => ({
    ...sayOf(name, { field, partial, missing, options }),
    ...noEstimate('kind'),
  });
}

function mergeMetrics(a: MetricPartial, b: MetricPartial): MetricPartial {
  return {
    kind: 'metric',
    count: a.count + b.count,
    ...addSums(a, b),
    min: a.min === null || b.min === null ? (a.min ?? b.min) : Math.min(a.min, b.min),
    max: a.max === null || b.max === null ? (a.max ?? b.max) : Math.max(a.max, b.max),
  };
}

/** Whether a sum of whole numbers is beyond those that doubles count one by one; within it is one of them. */
function isBig(field: string, value: number, { isWhole }: FinishOptions): boolean {
  return !Number.isSafeInteger(value) && isWhole(field);
}

/** @throws SheafError SUM_TOO_LARGE */
function shownSum(field: string, partial: MetricPartial, options: FinishOptions): number | string {
  const value = valueOfSum(partial);
  return isBig(field, value, options) ? showInteger(exactSum(partial), field, options.bigInts) : value;
}

/** A mean lies between the least and the greatest, even where the sum is as large as numbers get and no larger. */
function meanOf(field: string, partial: MetricPartial, options: FinishOptions): number | null {
  if (partial.count === 0) return null;
  const value = valueOfSum(partial);
  const quotient = isBig(field, value, options)
    ? meanOfIntegers(exactSum(partial), BigInt(partial.count))
    : value / partial.count;
  return Math.max(partial.min ?? quotient, Math.min(partial.max ?? quotient, quotient));
}
