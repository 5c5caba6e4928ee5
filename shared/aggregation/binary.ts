/** Numbers as binary fractions, exactly: what doubles are, and what sums and products of them are. */

/** `digits · 2^exponent` */
export interface Binary {
  readonly digits: bigint;
  readonly exponent: number;
}

/** The exponent of the least double above 0, of which all doubles are multiples. */
const exponentMin = -1074;
/** Bits of the mantissa of a double. */
const precision = 53;
/** Bits of a quotient: so many more than a double has that the last one can say that others follow. */
const quotientBits = 66;

const double = new Float64Array(1);
/** Little-endian, as every platform is that runs this. */
const halves = new Uint32Array(double.buffer);

/** @param value finite */
export function binaryOf(value: number): Binary {
  double[0] = value;
  const high = halves[1]!;
  const biased = (high >>> 20) & 0x7ff;
  const mantissa = (high & 0xfffff) * 2 ** 32 + halves[0]! + (biased === 0 ? 0 : 2 ** 52);
  return { digits: BigInt(value < 0 ? -mantissa : mantissa), exponent: Math.max(biased, 1) + exponentMin - 1 };
}

/** 2^exponent, exactly. @param exponent −1074 to 1023 */
export function powerOfTwo(exponent: number): number {
  const isNormal = exponent >= -1022;
  const bit = exponent - exponentMin;
  halves[0] = isNormal || bit >= 32 ? 0 : 2 ** bit;
  halves[1] = isNormal ? (exponent + 1023) * 2 ** 20 : bit >= 32 ? 2 ** (bit - 32) : 0;
  return double[0]!;
}

/** The nearest double, of two the even one; infinite beyond the largest. */
export function nearestDouble({ digits, exponent }: Binary): number {
  if (digits < 0n) return 0 - nearestDouble({ digits: -digits, exponent });
  if (digits === 0n) return 0;
  const length = lengthOf(digits);
  if (length + exponent > 1024) return Infinity;
  // Bits that a double has no place for.
  const dropped = Math.max(length - precision, exponentMin - exponent);
  if (dropped <= 0) return Number(digits) * powerOfTwo(exponent);
  const kept = digits >> BigInt(dropped);
  const rest = digits - (kept << BigInt(dropped));
  const half = 1n << BigInt(dropped - 1);
  const isUp = rest > half || (rest === half && (kept & 1n) === 1n);
  return Number(isUp ? kept + 1n : kept) * powerOfTwo(exponent + dropped);
}

export function difference(a: Binary, b: Binary): Binary {
  const exponent = Math.min(a.exponent, b.exponent);
  return { digits: lowered(a, exponent) - lowered(b, exponent), exponent };
}

export function product(a: Binary, b: Binary): Binary {
  return { digits: a.digits * b.digits, exponent: a.exponent + b.exponent };
}

/** A number whose nearest double is that of the quotient. @param b not 0 */
export function quotient(a: Binary, b: Binary): Binary {
  if (b.digits < 0n) return quotient({ ...a, digits: -a.digits }, { ...b, digits: -b.digits });
  if (a.digits < 0n) {
    const { digits, exponent } = quotient({ ...a, digits: -a.digits }, b);
    return { digits: -digits, exponent };
  }
  const shift = Math.max(0, lengthOf(b.digits) + quotientBits - lengthOf(a.digits));
  const dividend = a.digits << BigInt(shift);
  const whole = dividend / b.digits;
  const isExact = whole * b.digits === dividend;
  return { digits: 2n * whole + (isExact ? 0n : 1n), exponent: a.exponent - b.exponent - shift - 1 };
}

/** The square root to the last digit or two, of what is no double itself too; infinite beyond the largest. @param value 0 or more */
export function squareRoot({ digits, exponent }: Binary): number {
  if (digits === 0n) return 0;
  // Of a number near 1, and what was taken away is put back.
  const half = Math.floor((lengthOf(digits) + exponent) / 2);
  const root = Math.sqrt(nearestDouble({ digits, exponent: exponent - 2 * half }));
  if (half > 1023) return 2 * root * powerOfTwo(half - 1);
  return half < exponentMin ? 0 : root * powerOfTwo(half);
}

/** The digits at a lower exponent. */
export function lowered({ digits, exponent }: Binary, lower: number): bigint {
  return digits << BigInt(exponent - lower);
}

/** Bits of a number above 0. */
function lengthOf(digits: bigint): number {
  const hex = digits.toString(16);
  return 4 * hex.length - Math.clz32(Number.parseInt(hex[0]!, 16)) + 28;
}
