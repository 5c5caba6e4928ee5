/** Percentiles of a distribution, and ranks in it. */
import { eachBin } from './bin-counts.ts';
import type { DistributionPartial, Sketch } from './distribution-partial.ts';
import { binOf, shareBelow, valueOfBin } from './sketch-bins.ts';

/** Values of a sketch that are told as one number, and how many. */
interface Step {
  readonly value: number;
  readonly count: number;
}

/**
 * Percentiles, as Elasticsearch's digest has them as long as it keeps all values: where the percentile lies between two of the values in
 * their order, so does its value. Of a sketch both of them are off by at most `binError`, and so is what lies between, but where one is
 * negative and the other positive.
 * @param percents 0 to 100 @returns a number for each; null of no values
 */
export function percentilesOf(partial: DistributionPartial, percents: readonly number[]): (number | null)[] {
  if ('values' in partial) {
    const { values } = partial;
    return percents.map((percent) => between(percent, values.length, (rank) => values[rank]!));
  }
  const valueAt = sketchReader(partial.sketch);
  const count = countOf(partial.sketch);
  return percents.map((percent) => between(percent, count, valueAt));
}

/**
 * How much of the values is at most as large as each of some numbers, in percent. Of a sketch it is the rank of a number that is no
 * further from the one asked about than `binWidth`.
 * @returns a number for each; null of no values
 */
export function ranksOf(partial: DistributionPartial, numbers: readonly number[]): (number | null)[] {
  if ('values' in partial) {
    const { values } = partial;
    const { length } = values;
    return numbers.map((number) => (length === 0 ? null : (100 * firstAbove(values, number)) / length));
  }
  const { sketch } = partial;
  return numbers.map((number) => (100 * countUpTo(sketch, number)) / countOf(sketch));
}

function between(percent: number, count: number, valueAt: (rank: number) => number): number | null {
  if (count === 0) return null;
  const place = (percent / 100) * (count - 1);
  const rank = Math.min(Math.floor(place), count - 1);
  const low = valueAt(rank);
  const high = valueAt(Math.min(rank + 1, count - 1));
  const weight = place - rank;
  const distance = high - low;
  return Number.isFinite(distance) ? low + weight * distance : low * (1 - weight) + high * weight;
}

/** The place of the first of ascending values that is above a number, which is how many are not. */
function firstAbove(values: readonly number[], number: number): number {
  let [low, high] = [0, values.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (values[middle]! <= number) low = middle + 1;
    else high = middle;
  }
  return low;
}

function countOf(sketch: Sketch): number {
  return stepsOf(sketch).reduce((total, { count }) => total + count, 0);
}

/** Ascending. */
function stepsOf({ zeros, positive, negative }: Sketch): Step[] {
  const steps: Step[] = [];
  eachBin(negative, (bin, count) => steps.push({ value: -valueOfBin(bin), count }));
  steps.reverse();
  if (zeros > 0) steps.push({ value: 0, count: zeros });
  eachBin(positive, (bin, count) => steps.push({ value: valueOfBin(bin), count }));
  return steps;
}

/** What the value of a rank, 0 for the least, is told as. The least and the greatest are known. */
function sketchReader(sketch: Sketch): (rank: number) => number {
  const steps = stepsOf(sketch);
  const ends: number[] = [];
  let end = 0;
  for (const { count } of steps) ends.push((end += count));
  return (rank) => {
    if (rank === 0) return sketch.min;
    if (rank === end - 1) return sketch.max;
    const { value } = steps[firstAbove(ends, rank)]!;
    return Math.max(sketch.min, Math.min(sketch.max, value));
  };
}

/** How many values are at most a number, about: those of its own bin as if they lay evenly in it. */
function countUpTo(sketch: Sketch, number: number): number {
  const count = countOf(sketch);
  if (number < sketch.min) return 0;
  if (number >= sketch.max) return count;
  const [own, share] =
    number === 0 ? [0, 0] : [binOf(Math.abs(number)), shareBelow(binOf(Math.abs(number)), Math.abs(number))];
  let below = 0;
  eachBin(sketch.negative, (bin, ofBin) => {
    if (number >= 0 || bin > own) below += ofBin;
    else if (bin === own) below += ofBin * (1 - share);
  });
  if (number >= 0) below += sketch.zeros;
  eachBin(sketch.positive, (bin, ofBin) => {
    if (number > 0 && bin < own) below += ofBin;
    else if (number > 0 && bin === own) below += ofBin * share;
  });
  // The least is one of them, and the greatest is not.
  return Math.max(1, Math.min(count - 1, below));
}
