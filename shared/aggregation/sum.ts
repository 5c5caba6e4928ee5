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

/**
 * Compensations are carried into the sum beyond this. So those of whole numbers are whole numbers that a double holds,
 * three of them added up too, and both parts together are exact: up to sums of 2^104, which no index comes near.
 */
export const compensationMax = 2 ** 51;

/** The same sum with a compensation that is as small as it can be. */
export function carry({ sum, compensation }: Sum): Sum {
  const carried = sum + compensation;
  if (!Number.isFinite(carried)) return { sum, compensation };
  return { sum: carried, compensation: roundingError(sum, compensation) };
}

/** Adds two sums. Commutative; associative too of whole numbers, and else up to the rounding of the compensations. */
export function addSums(a: Sum, b: Sum): Sum {
  const added = {
    sum: a.sum + b.sum,
    compensation: a.compensation + b.compensation + roundingError(a.sum, b.sum),
  };
  return finiteSum(Math.abs(added.compensation) > compensationMax ? carry(added) : added);
}

/** What a sum of whole numbers is, to the last digit. */
export function exactSum({ sum, compensation }: Sum): bigint {
  return BigInt(sum) + BigInt(compensation);
}

/** The sum as numbers that JSON can carry: beyond the largest double it stays there. */
export function finiteSum({ sum, compensation }: Sum): Sum {
  if (Number.isFinite(sum) && Number.isFinite(compensation)) return { sum, compensation };
  return { sum: Math.max(-Number.MAX_VALUE, Math.min(Number.MAX_VALUE, sum)), compensation: 0 };
}

export function valueOfSum({ sum, compensation }: Sum): number {
  return finiteSum({ sum: sum + compensation, compensation: 0 }).sum;
}
