/**
 * Exact sums. A sum travels in the one form that follows from its value alone, so that whatever the order and grouping in which
 * parts were merged, it is the same bytes: the nearest double, then the nearest of what that lacks, and so on until nothing is left.
 *
 * What is added value by value is kept as a running sum and what its roundings lost, which nearly always is exact too; where it is
 * not, all goes to a superaccumulator.
 *
 * Source: the error of one addition after Knuth's TwoSum, which needs no branch.
 */
import { binaryOf, difference, lowered, nearestDouble, quotient, type Binary } from './binary.ts';
import { Superaccumulator, unitExponent } from './superaccumulator.ts';

/**
 * Doubles that together are the sum, each the nearest to what those before it lack; none is 0. Where no doubles say it, because it is
 * beyond the largest, or a part of a sum of squares is below the least: a hexadecimal integer of units of 2^−2148.
 */
export type Sum = readonly number[] | string;

/** Doubles that a sum has at most: so many mantissas lie side by side from the least to the largest. */
const partsMax = 40;
/** The digits of as many bins as a superaccumulator has. */
const writtenPattern = /^-?[1-9a-f][0-9a-f]{0,1071}$/;

const none: Sum = [];

export function isSum(value: unknown): value is Sum {
  if (typeof value === 'string') return writtenPattern.test(value);
  return Array.isArray(value) && value.length <= partsMax && value.every((part) => typeof part === 'number');
}

/** What adding `b` to `a` lost by rounding, exactly: a + b = (rounded sum) + (this). No number where the sum is beyond the largest. */
export function roundingError(a: number, b: number): number {
  const sum = a + b;
  const fromB = sum - a;
  return a - (sum - fromB) + (b - fromB);
}

/** Adds up doubles and sums. */
export class SumAccumulator {
  private rounded = 0;
  /** What `rounded` lacks. */
  private lost = 0;
  private exact: Superaccumulator | null = null;

  /** @param value finite */
  add(value: number): void {
    const rounded = this.rounded + value;
    const error = roundingError(this.rounded, value);
    const lost = this.lost + error;
    // Not 0 either where it is no number, beyond the largest double.
    if (roundingError(this.lost, error) !== 0) {
      this.spill();
      this.exact!.add(value);
      return;
    }
    this.rounded = rounded;
    this.lost = lost;
  }

  addSum(sum: Sum): void {
    if (typeof sum !== 'string') {
      for (const part of sum) this.add(part);
      return;
    }
    this.exact ??= new Superaccumulator();
    this.exact.addBinary(binaryOfSum(sum));
  }

  sum(): Sum {
    const { rounded, lost } = this;
    if (this.exact === null) {
      const sum = sumOfTwo(rounded, lost);
      if (sum !== null) return sum;
    }
    this.spill();
    return sumOfBinary(this.exact!.sum());
  }

  private spill(): void {
    this.exact ??= new Superaccumulator();
    this.exact.add(this.rounded);
    this.exact.add(this.lost);
    this.rounded = 0;
    this.lost = 0;
  }
}

/** The sum of two doubles; null where it is beyond the largest. */
export function sumOfTwo(a: number, b: number): Sum | null {
  const first = a + b;
  const second = roundingError(a, b);
  if (!Number.isFinite(second)) return null;
  if (first === 0) return none;
  return second === 0 ? [first] : [first, second];
}

export function sumOfBinary(value: Binary): Sum {
  const parts: number[] = [];
  for (let rest = value; rest.digits !== 0n;) {
    const part = nearestDouble(rest);
    // Only the first is beyond the largest, and only the last below the least.
    if (!Number.isFinite(part) || part === 0) return lowered(value, unitExponent).toString(16);
    parts.push(part);
    rest = difference(rest, binaryOf(part));
  }
  return parts;
}

export function binaryOfSum(sum: Sum): Binary {
  if (typeof sum === 'string') {
    const isNegative = sum.startsWith('-');
    const magnitude = BigInt(`0x${isNegative ? sum.slice(1) : sum}`);
    return { digits: isNegative ? -magnitude : magnitude, exponent: unitExponent };
  }
  let total: Binary = { digits: 0n, exponent: 0 };
  for (const part of sum) {
    const { digits, exponent } = binaryOf(-part);
    total = difference(total, { digits, exponent });
  }
  return total;
}

/** The nearest double; beyond the largest it stays there. */
export function valueOfSum(sum: Sum): number {
  return typeof sum === 'string' ? finite(nearestDouble(binaryOfSum(sum))) : (sum[0] ?? 0);
}

/** What a sum is divided by a count, rounded once. @param count at least 1 */
export function meanOfSum(sum: Sum, count: number): number {
  // One double divided by a count is the nearest to what is meant.
  if (typeof sum !== 'string' && sum.length < 2) return valueOfSum(sum) / count;
  return nearestDouble(quotient(binaryOfSum(sum), { digits: BigInt(count), exponent: 0 }));
}

/** A number as JSON can carry it: beyond the largest it stays there. */
export function finite(value: number): number {
  return Math.max(-Number.MAX_VALUE, Math.min(Number.MAX_VALUE, value));
}

/** What a sum of whole numbers is, to the last digit. */
export function exactSum(sum: Sum): bigint {
  if (typeof sum !== 'string') return sum.reduce((total, part) => total + BigInt(part), 0n);
  const { digits, exponent } = binaryOfSum(sum);
  return digits >> BigInt(-exponent);
}
