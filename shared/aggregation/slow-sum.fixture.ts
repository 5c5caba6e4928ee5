/** Exact sums by whole numbers of units of 2^−2148: the slow twin of sum.ts and all below it. */
import type { Sum } from './sum.ts';

const unitBits = 2148;
const leastBits = 1074;

/** A double in units, by doubling it until it is whole. */
export function unitsOf(value: number): bigint {
  let [whole, doubled] = [value, 0];
  for (; !Number.isInteger(whole); doubled++) whole *= 2;
  return BigInt(whole) << BigInt(unitBits - doubled);
}

export function slowSum(values: readonly number[]): Sum {
  return formOf(values.reduce((total, value) => total + unitsOf(value), 0n));
}

/** The sum of the products of two lists. */
export function slowSumOfProducts(as: readonly number[], bs: readonly number[]): Sum {
  const total = as.reduce((sum, a, i) => sum + unitsOf(a) * unitsOf(bs[i]!), 0n);
  return formOf(total >> BigInt(unitBits));
}

function formOf(units: bigint): Sum {
  const parts: number[] = [];
  for (let rest = units; rest !== 0n;) {
    const part = nearest(rest);
    if (!Number.isFinite(part) || part === 0) return units.toString(16);
    parts.push(part);
    rest -= unitsOf(part);
  }
  return parts;
}

/** The nearest double, by the rounding of BigInts to numbers and by halving what is exact then. */
export function nearest(units: bigint): number {
  if (units < 0n) return -nearest(-units);
  const bits = units.toString(2).length;
  // Never fewer than 100 bits are left, but where a double has less than 53 of them.
  const dropped = Math.max(0, bits - 100);
  const isCut = (units >> BigInt(dropped)) << BigInt(dropped) !== units;
  let rounded: number;
  let exponent = dropped - unitBits;
  if (bits - unitBits < 53 - leastBits) {
    // So near to 0 that doubles are whole multiples of the least.
    const least = 1n << BigInt(unitBits - leastBits);
    const [whole, rest] = [units / least, units % least];
    const isUp = 2n * rest > least || (2n * rest === least && whole % 2n === 1n);
    rounded = Number(isUp ? whole + 1n : whole);
    exponent = -leastBits;
  } else {
    rounded = Number(((units >> BigInt(dropped)) << 1n) | (isCut ? 1n : 0n));
    exponent--;
  }
  for (; exponent < 0; exponent++) rounded /= 2;
  for (; exponent > 0; exponent--) rounded *= 2;
  return rounded;
}
