/** The buckets of a histogram by number, in decimal arithmetic. */

/** More than any number here has: of binary fractions down to an eighth, and of what is written with a few digits. */
const decimals = 20;

/** A number by its digits, in units of the last decimal. */
function inUnits(number: number): bigint {
  const [mantissa = '', exponent = '0'] = String(number).split('e');
  const [whole = '', fraction = ''] = mantissa.split('.');
  return BigInt(whole + fraction) * 10n ** BigInt(decimals - fraction.length + Number(exponent));
}

export function bucketOf(value: number, interval: number, offset: number): number {
  const [distance, width] = [inUnits(value) - inUnits(offset), inUnits(interval)];
  return Number((distance - (((distance % width) + width) % width)) / width);
}

/** Where a bucket begins. */
export function borderOf(number: number, interval: number, offset: number): number {
  const units = BigInt(number) * inUnits(interval) + inUnits(offset);
  return Number(`${units}e-${decimals}`);
}
