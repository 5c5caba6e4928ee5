/** Count, sum, least and greatest of the values of a field in one partial, and the kinds that are made of it. */
import { oneOf, readString } from '../json/readers.ts';
import { shaped } from '../json/validators.ts';
import { isNumberOrNull, isWhole } from '../protocol/partial-fields.ts';
import { showInteger } from './big-ints.ts';
import type { AggregationDefinition, FinishOptions } from './definition.ts';
import { exactSum, isSum, meanOfSum, SumAccumulator, valueOfSum, type Sum } from './sum.ts';
import { shownKey, shownNames, type ShownName } from '../schema/kinds/field-kinds.ts';
import { validateMissing, validateValueKind, type ValueKind } from './value-kind.ts';
import { metricBounds, type MetricName } from './metric-bounds.ts';
import { havingField, type Missing } from './missing-shards.ts';
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

/** `value_count` works on any kind but text; the others on numbers and dates. Each value of an array counts. */
export type MetricRequest<K extends MetricKind = MetricKind> = {
  readonly kind: K;
  readonly field: string;
  readonly values: ValueKind;
  /** The value of documents without one, of the type that `values` says. */
  readonly missing?: number | string;
  /** How numbers are told as text beside themselves; left out where they are not. */
  readonly show?: ShownName;
};

/** What is known of values that can be added up. */
export interface Totals {
  /** Values seen. */
  readonly count: number;
  readonly sum: Sum;
  /** `null` when count is 0. */
  readonly min: number | null;
  readonly max: number | null;
}

export type MetricPartial = Totals & { readonly kind: 'metric' };

interface ValueResult {
  /** `null` for the least, greatest or mean of no values; a string where a sum of whole numbers is beyond 2^53. */
  readonly value: number | string | null;
}

export interface StatsResult {
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

const statsNumbers = 5;
/** A number with its name, and the same with its text, where it has one. */
const numberBytes = 28;
const textBytes = 48;

function bytesOf(count: number, { show }: MetricRequest): number {
  return count * (numberBytes + (show === undefined || show === 'plain' ? 0 : textBytes));
}

const metric: Omit<AggregationDefinition<MetricKind>, 'finish' | 'nests' | 'rounds'> & { readonly nests: false } = {
  nests: false,
  partialKind: 'metric',
  validate: shaped(
    { field: readString, values: validateValueKind },
    { missing: validateMissing, show: oneOf(shownNames) },
  ),
  resultBytes: (request) => bytesOf(1, request),
  isPartial: (_request, partial) => areTotals(partial),
  merge: (_request, parts) => ({ kind: 'metric', ...mergeTotals(parts) }),
};

export const min: AggregationDefinition<'min'> = {
  ...metric,
  finish: ({ show }, partial) => withText(show, { value: partial.min }),
  bounds: boundsBy('min'),
};

export const max: AggregationDefinition<'max'> = {
  ...metric,
  finish: ({ show }, partial) => withText(show, { value: partial.max }),
  bounds: boundsBy('max'),
};

export const sum: AggregationDefinition<'sum'> = {
  ...metric,
  finish: ({ field, show }, partial, finishing) => withText(show, { value: shownSum(field, partial.sum, finishing) }),
  bounds: boundsBy('sum'),
};

export const avg: AggregationDefinition<'avg'> = {
  ...metric,
  finish: ({ show }, partial) => withText(show, { value: meanOf(partial) }),
  bounds: boundsBy('avg'),
};

export const stats: AggregationDefinition<'stats'> = {
  ...metric,
  resultBytes: (request) => bytesOf(statsNumbers, request),
  finish: ({ field, show }, partial, finishing) => {
    const { count, ...numbers } = statsOf(field, partial, finishing);
    return { count, ...(count === 0 ? numbers : withText(show, numbers)) };
  },
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

/** The same with each number as text beside them: `value_as_string` of `value`. What is no value any more, as a sum of dates, has none. */
function withText<N extends object>(show: ShownName | undefined, numbers: N): N {
  if (show === undefined) return numbers;
  const texts = Object.entries(numbers).flatMap(([name, number]) => {
    const text = typeof number === 'number' ? shownKey(show, number).asString : undefined;
    return text === undefined ? [] : [[`${name}_as_string`, text]];
  });
  return { ...numbers, ...Object.fromEntries(texts) };
}

/** Whether fields of what a leaf sent are totals. */
export function areTotals({
  count,
  sum: total,
  min: least,
  max: greatest,
}: Readonly<Record<string, unknown>>): boolean {
  return isWhole(count) && isSum(total) && isNumberOrNull(least) && isNumberOrNull(greatest);
}

/** The totals of all parts; of none, those of no values. */
export function mergeTotals(parts: readonly Totals[]): Totals {
  const total = new SumAccumulator();
  let count = 0;
  let least: number | null = null;
  let greatest: number | null = null;
  for (const part of parts) {
    count += part.count;
    total.addSum(part.sum);
    if (part.min !== null && (least === null || part.min < least)) least = part.min;
    if (part.max !== null && (greatest === null || part.max > greatest)) greatest = part.max;
  }
  return { count, sum: total.sum(), min: least, max: greatest };
}

/** @throws SheafError SUM_TOO_LARGE */
export function statsOf(field: string, totals: Totals, options: FinishOptions): StatsResult {
  return {
    count: totals.count,
    min: totals.min,
    max: totals.max,
    avg: meanOf(totals),
    sum: shownSum(field, totals.sum, options),
  };
}

/** Whether a sum of whole numbers is beyond those that doubles count one by one; within it is one of them. */
function isBig(field: string, value: number, options: FinishOptions): boolean {
  return !Number.isSafeInteger(value) && options.isWhole(field);
}

/** @throws SheafError SUM_TOO_LARGE */
function shownSum(field: string, total: Sum, options: FinishOptions): number | string {
  const value = valueOfSum(total);
  return isBig(field, value, options) ? showInteger(exactSum(total), field, options.bigInts) : value;
}

/** A mean lies between the least and the greatest, even where the sum is as large as numbers get and no larger. */
function meanOf(totals: Totals): number | null {
  if (totals.count === 0) return null;
  const mean = meanOfSum(totals.sum, totals.count);
  return Math.max(totals.min ?? mean, Math.min(totals.max ?? mean, mean));
}
