/**
 * Numbers as they are written in decimal, exactly: 0.1 is a tenth here, and not the double nearest to it. A double stands for
 * the shortest decimal that reads as it, which is what a caller wrote wherever that has at most 15 digits.
 */

/** `digits · 10^exponent` */
export interface Decimal {
  readonly digits: bigint;
  readonly exponent: number;
}

const written = /^(-?)(\d+)(?:\.(\d+))?(?:e([+-]\d+))?$/;

/** @param value finite */
export function decimalOf(value: number): Decimal {
  const match = written.exec(String(value));
  if (match === null) throw new Error(`${value} is no number`);
  const [, sign, whole = '', fraction = '', exponent = '0'] = match;
  return { digits: BigInt(`${sign}${whole}${fraction}`), exponent: Number(exponent) - fraction.length };
}

/** The double nearest to a decimal. */
export function doubleOf({ digits, exponent }: Decimal): number {
  return Number(`${digits}e${exponent}`);
}

export function multiplied({ digits, exponent }: Decimal, factor: bigint): Decimal {
  return { digits: digits * factor, exponent };
}

export function added(a: Decimal, b: Decimal): Decimal {
  const exponent = Math.min(a.exponent, b.exponent);
  return { digits: raised(a, exponent) + raised(b, exponent), exponent };
}

export function subtracted(a: Decimal, b: Decimal): Decimal {
  return added(a, { ...b, digits: -b.digits });
}

/** The greatest whole number that is not above the quotient. @param b greater than 0 */
export function wholeQuotient(a: Decimal, b: Decimal): bigint {
  const exponent = Math.min(a.exponent, b.exponent);
  const [dividend, divisor] = [raised(a, exponent), raised(b, exponent)];
  const quotient = dividend / divisor;
  return dividend < 0n && quotient * divisor !== dividend ? quotient - 1n : quotient;
}

/** The digits at a lower exponent. */
function raised({ digits, exponent }: Decimal, lower: number): bigint {
  return digits * 10n ** BigInt(exponent - lower);
}
