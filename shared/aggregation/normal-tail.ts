/** The normal distribution, far out too. */

const sqrtHalf = Math.SQRT1_2;
/** From here on a continued fraction is nearer than what is left of a double. */
const farFrom = 3;
const fractions = 60;

/**
 * Of a normal distribution cut off at both ends, the share above `at`; the ends are in standard deviations, as it is.
 * @param ends.from ≤ at ≤ ends.to
 */
export function upperTailRatio(at: number, { from, to }: { readonly from: number; readonly to: number }): number {
  // Reckoned on the side where the numbers are small, so that none is the difference of two that are near 1.
  if (from >= 0) return ratioOf(at, from, to);
  if (to <= 0) return 1 - ratioOf(-at, -to, -from);
  const whole = 1 - upperTail(-from) - upperTail(to);
  const above = at >= 0 ? upperTail(at) - upperTail(to) : 1 - upperTail(-at) - upperTail(to);
  return above / whole;
}

/** For 0 ≤ from ≤ at ≤ to: all in units of the density at `from`, which may be too small for a double. */
function ratioOf(at: number, from: number, to: number): number {
  const unit = (x: number): number => Math.exp((from - x) * (from + x) * 0.5) * mills(x);
  const end = unit(to);
  return (unit(at) - end) / (unit(from) - end);
}

/** The share above `x`. */
export function upperTail(x: number): number {
  if (x < 0) return 1 - upperTail(-x);
  return (Math.exp(-x * x * 0.5) / Math.sqrt(2 * Math.PI)) * mills(x);
}

/** The share above `x` over the density at `x`, for x ≥ 0. */
function mills(x: number): number {
  if (x >= farFrom) return millsFar(x);
  // The series of the distribution function: Φ(x) − 1/2 = φ(x) (x + x³/3 + x⁵/15 + …).
  let term = x;
  let sum = x;
  for (let n = 3; term > sum * 1e-17 && n < 200; n += 2) sum += term *= (x * x) / n;
  return Math.sqrt(Math.PI) * sqrtHalf * Math.exp(x * x * 0.5) - sum;
}

/** Laplace's continued fraction, from its end. */
function millsFar(x: number): number {
  let below = x;
  for (let n = fractions; n > 0; n--) below = x + n / below;
  return 1 / below;
}
