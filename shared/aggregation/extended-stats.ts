/** What `stats` tells, and how far values lie from their mean: all of exact sums of values and of squares. */
import { numberThat, readString } from '../json/readers.ts';
import { shaped, validateNumber } from '../json/validators.ts';
import { difference, nearestDouble, product, quotient, squareRoot, type Binary } from './binary.ts';
import type { AggregationDefinition } from './definition.ts';
import { areTotals, mergeTotals, statsOf, type StatsResult, type Totals } from './metric.ts';
import { binaryOfSum, finite, isSum, SumAccumulator, valueOfSum, type Sum } from './sum.ts';

export type ExtendedStatsRequest = {
  readonly kind: 'extended_stats';
  readonly field: string;
  /** Standard deviations from the mean to the bounds, 0 or more. */
  readonly sigma: number;
  /** The value of documents without one. */
  readonly missing?: number;
};

export type ExtendedStatsPartial = Totals & {
  readonly kind: 'extended_stats';
  /** Sum of the squares. */
  readonly squares: Sum;
};

/** All but what `stats` tells is `null` of no values, and what is of a sample is `null` of one value too. */
interface ExtendedStatsResult extends StatsResult {
  readonly sum_of_squares: number | null;
  readonly variance: number | null;
  readonly variance_population: number | null;
  readonly variance_sampling: number | null;
  readonly std_deviation: number | null;
  readonly std_deviation_population: number | null;
  readonly std_deviation_sampling: number | null;
  readonly std_deviation_bounds: {
    readonly upper: number | null;
    readonly lower: number | null;
    readonly upper_population: number | null;
    readonly lower_population: number | null;
    readonly upper_sampling: number | null;
    readonly lower_sampling: number | null;
  };
}

declare module './definition.ts' {
  interface AggregationByKind {
    readonly extended_stats: {
      readonly request: ExtendedStatsRequest;
      readonly partial: ExtendedStatsPartial;
      readonly result: ExtendedStatsResult;
    };
  }
}

/** Names of eighteen numbers, and most of them with as many digits as there are. */
const resultBytes = 720;

/** Reads standard deviations, on both sides of the wire. */
export const readSigma = numberThat('a number from 0', (value) => value >= 0);

export const extendedStats: AggregationDefinition<'extended_stats'> = {
  nests: false,
  partialKind: 'extended_stats',
  validate: shaped({ field: readString, sigma: readSigma }, { missing: validateNumber }),
  resultBytes: () => resultBytes,
  isPartial: (_request, partial) => areTotals(partial) && isSum(partial['squares']),
  merge: (_request, parts) => {
    const squares = new SumAccumulator();
    for (const part of parts) squares.addSum(part.squares);
    return { kind: 'extended_stats', ...mergeTotals(parts), squares: squares.sum() };
  },
  finish: ({ field, sigma }, partial, finishing) => {
    const stats = statsOf(field, partial, finishing);
    const { population, sampling } = spreadsOf(partial);
    const bound = (side: number, { deviation }: Spread): number | null =>
      stats.avg === null || deviation === null ? null : finite(stats.avg + side * sigma * deviation);
    return {
      ...stats,
      sum_of_squares: partial.count === 0 ? null : valueOfSum(partial.squares),
      variance: population.variance,
      variance_population: population.variance,
      variance_sampling: sampling.variance,
      std_deviation: population.deviation,
      std_deviation_population: population.deviation,
      std_deviation_sampling: sampling.deviation,
      std_deviation_bounds: {
        upper: bound(1, population),
        lower: bound(-1, population),
        upper_population: bound(1, population),
        lower_population: bound(-1, population),
        upper_sampling: bound(1, sampling),
        lower_sampling: bound(-1, sampling),
      },
    };
  },
};

interface Spread {
  readonly variance: number | null;
  readonly deviation: number | null;
}

const noSpread: Spread = { variance: null, deviation: null };

/**
 * The variance is (count · squares − sum²) / (count · degrees), computed as one fraction: the difference of two nearly equal numbers,
 * which doubles would lose. Where all of these are whole numbers that doubles tell apart, it is computed with doubles, to the same digits.
 */
function spreadsOf({ count, sum, squares }: ExtendedStatsPartial): { population: Spread; sampling: Spread } {
  const spreads = (of: (degrees: number) => Spread) => ({
    population: count < 1 ? noSpread : of(count),
    sampling: count < 2 ? noSpread : of(count - 1),
  });
  const [total, totalOfSquares] = [wholeOf(sum), wholeOf(squares)];
  const [first, second] = [count * totalOfSquares, total * total];
  if (isExact(first) && isExact(second) && isExact(count * count)) {
    return spreads((degrees) => {
      const variance = (first - second) / (count * degrees);
      return { variance, deviation: Math.sqrt(variance) };
    });
  }
  const all = binaryOfSum(sum);
  const apart = difference(product(whole(count), binaryOfSum(squares)), product(all, all));
  return spreads((degrees) => {
    const variance = quotient(apart, product(whole(count), whole(degrees)));
    return { variance: finite(nearestDouble(variance)), deviation: finite(squareRoot(variance)) };
  });
}

/** NaN where it is no whole number that a double tells apart. */
function wholeOf(sum: Sum): number {
  if (typeof sum === 'string' || sum.length > 1) return NaN;
  const [value = 0] = sum;
  return Number.isSafeInteger(value) ? value : NaN;
}

function isExact(value: number): boolean {
  return Number.isSafeInteger(value);
}

function whole(count: number): Binary {
  return { digits: BigInt(count), exponent: 0 };
}
