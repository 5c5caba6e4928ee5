/** How sure a median is. Pure. */

export interface MedianInterval {
  readonly median: number;
  /** Between these lies the median of what was sampled from, with at least the confidence asked for. */
  readonly low: number;
  readonly high: number;
}

/**
 * The median of a sample and its confidence interval by order statistics: no distribution is assumed, only that values are drawn
 * independently. With fewer than 6 values the interval at 95 % is everything.
 *
 * Source: Conover, "Practical Nonparametric Statistics", 3rd edition, 3.2: the number of values below the median is binomial.
 *
 * @param values at least one, in any order
 * @param confidence over 0, below 1
 */
export function medianInterval(values: readonly number[], confidence = 0.95): MedianInterval {
  if (values.length === 0) throw new RangeError('no values have no median');
  const sorted = values.toSorted((a, b) => a - b);
  const count = sorted.length;
  const middle = count >> 1;
  const median = count % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
  const rank = lowerRank(count, (1 - confidence) / 2);
  if (rank === 0) return { median, low: -Infinity, high: Infinity };
  return { median, low: sorted[rank - 1]!, high: sorted[count - rank]! };
}

/** The greatest rank, from 1, below which the median lies with at most this probability; 0 where there is none. */
function lowerRank(count: number, probability: number): number {
  // The binomial coefficients of (1/2)^count, summed as they come.
  let term = 0.5 ** count;
  let sum = 0;
  for (let below = 0; below < count / 2; below++) {
    sum += term;
    if (sum > probability) return below;
    term *= (count - below) / (below + 1);
  }
  return Math.floor(count / 2);
}
