/**
 * Sums that lose next to nothing: a running sum and the error of its roundings, kept apart.
 *
 * Source: Neumaier, "Rundungsfehleranalyse einiger Verfahren zur Summation endlicher Summen" (1974); the error of one
 * addition after Knuth's TwoSum, which needs no branch.
 */
export interface Sum {
  readonly sum: number;
  readonly compensation: number;
}

/** What adding `b` to `a` lost by rounding, exactly: a + b = (rounded sum) + (this). */
export function roundingError(a: number, b: number): number {
  const sum = a + b;
  const fromB = sum - a;
  return a - (sum - fromB) + (b - fromB);
}

/** Adds two sums. Commutative, and associative up to the rounding of the compensations. */
export function addSums(a: Sum, b: Sum): Sum {
  return finiteSum({
    sum: a.sum + b.sum,
    compensation: a.compensation + b.compensation + roundingError(a.sum, b.sum),
  });
}

/** The sum as numbers that JSON can carry: beyond the largest double it stays there. */
export function finiteSum({ sum, compensation }: Sum): Sum {
  if (Number.isFinite(sum) && Number.isFinite(compensation)) return { sum, compensation };
  return { sum: Math.max(-Number.MAX_VALUE, Math.min(Number.MAX_VALUE, sum)), compensation: 0 };
}

export function valueOfSum({ sum, compensation }: Sum): number {
  return finiteSum({ sum: sum + compensation, compensation: 0 }).sum;
}
