/**
 * What the values of a field may add up to where shards did not answer: any number of theirs, from none to as many as they may have,
 * each between their least and their greatest. Pure.
 */
import type { FinishOptions } from './definition.ts';
import { valuesMissing, type Missing, type MissingValues } from './missing-shards.ts';
import type { Interval } from './say-bounds.ts';
import { valueOfSum, type Sum } from './sum.ts';

/** How far off additions and products of doubles may be, of the numbers that are added. */
const roundingShare = 2 ** -44;

/** Of the values that were found. */
export interface FoundValues {
  readonly count: number;
  readonly sum: Sum;
  readonly min: number | null;
  readonly max: number | null;
}

/** Found and missing together; null of no values where there are none for certain. */
type BoundsOf = (
  found: FoundValues,
  more: readonly MissingValues[],
  options: Pick<FinishOptions, 'isWhole'>,
  field: string,
) => Interval | null;

export type MetricName = 'count' | 'min' | 'max' | 'sum' | 'avg';

const everything: Interval = { min: -Infinity, max: Infinity };

const hasNone = ({ count }: FoundValues, more: readonly MissingValues[]): boolean => count === 0 && more.length === 0;

const rules: { readonly [N in MetricName]: BoundsOf } = {
  count: ({ count }, more) => ({ min: count, max: count + sumOf(more, (each) => each.count) }),
  min: (found, more) => (hasNone(found, more) ? null : leastOf(found.min, more)),
  max: (found, more) =>
    hasNone(found, more) ? null : negated(leastOf(found.max === null ? null : -found.max, more.map(mirrored))),
  sum: (found, more, { isWhole }, field) => sumBounds(found, more, isWhole(field)),
  avg: (found, more) => (hasNone(found, more) ? null : meanBounds(found, more)),
};

/** Between what the true number of the values of a field is. */
export function metricBounds(
  name: MetricName,
  field: string,
  {
    found,
    missing,
    options,
  }: { readonly found: FoundValues; readonly missing: Missing; readonly options: Pick<FinishOptions, 'isWhole'> },
): Interval | null {
  return rules[name](found, valuesMissing(missing, field), options, field);
}

/** Where none was found it may be any of those that are missing. */
function leastOf(found: number | null, more: readonly MissingValues[]): Interval {
  const lowest = more.reduce((least, { low }) => Math.min(least, low), found ?? Infinity);
  return { min: lowest, max: found ?? more.reduce((most, { high }) => Math.max(most, high), -Infinity) };
}

function sumBounds(partial: FoundValues, more: readonly MissingValues[], isWhole: boolean): Interval {
  const found = valueOfSum(partial.sum);
  // A sum that is as large as numbers get may be of any size.
  if (Math.abs(found) === Number.MAX_VALUE) return everything;
  const below = sumOf(more, ({ count, low }) => times(count, Math.min(0, low)));
  const above = sumOf(more, ({ count, high }) => times(count, Math.max(0, high)));
  const [min, max] = [found + below, found + above];
  if (isWhole && Number.isSafeInteger(min) && Number.isSafeInteger(max)) return { min, max };
  const error = (Math.abs(found) + above - below) * roundingShare;
  return finite({ min: min - error, max: max + error });
}

function meanBounds(partial: FoundValues, more: readonly MissingValues[]): Interval {
  const found = valueOfSum(partial.sum);
  if (Math.abs(found) === Number.MAX_VALUE) return everything;
  const lowest = lowestMean({ count: partial.count, sum: found }, more);
  const highest = -lowestMean({ count: partial.count, sum: -found }, more.map(mirrored));
  const sizes = more.flatMap(({ low, high }) => [Math.abs(low), Math.abs(high)]);
  const size = Math.max(partial.count === 0 ? 0 : Math.abs(found) / partial.count, ...sizes.filter(Number.isFinite));
  return finite({ min: lowest - size * roundingShare, max: highest + size * roundingShare });
}

/**
 * A mean is lowest with all values of those shards that may pull it down, taken from the lowest on, and none of the others: a
 * quotient of two sums is least at a corner. There is at least one value, found or missing.
 */
function lowestMean({ count, sum }: { count: number; sum: number }, more: readonly MissingValues[]): number {
  let mean = count === 0 ? Number.NaN : sum / count;
  for (const { count: values, low } of more.toSorted((a, b) => a.low - b.low)) {
    if (!(Number.isNaN(mean) || low < mean)) break;
    if (!Number.isFinite(values) || !Number.isFinite(low)) return low;
    // Where there are none else, one value is enough to be the mean.
    count += values;
    sum += values * low;
    mean = sum / count;
  }
  return mean;
}

function mirrored({ count, low, high }: MissingValues): MissingValues {
  return { count, low: -high, high: -low };
}

function negated({ min, max }: Interval): Interval {
  return { min: 0 - max, max: 0 - min };
}

/** Where rounding has left what numbers can say there is no limit. */
function finite({ min, max }: Interval): Interval {
  return { min: Number.isNaN(min) ? -Infinity : min, max: Number.isNaN(max) ? Infinity : max };
}

/** As many as none times whatever are none. */
function times(count: number, value: number): number {
  return value === 0 ? 0 : count * value;
}

function sumOf(values: readonly MissingValues[], of: (values: MissingValues) => number): number {
  return values.reduce((sum, each) => sum + of(each), 0);
}
