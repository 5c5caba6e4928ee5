/**
 * Lengths of documents in one byte: exact up to 40, then with four significant bits, rounded down. The longest a code
 * can mean is above 2 × 10^9. BM25 takes the decoded length, so that a block's best score can be bounded by few codes.
 *
 * Source: Lucene's SmallFloat.intToByte4.
 */
const exactBelow = 24;

/** @param length 0 to 2^31 − 1 */
export function lengthCode(length: number): number {
  return length < exactBelow ? length : exactBelow + floatCode(length - exactBelow);
}

/** Three bits after the leading one, and where that stands; the same number below 16. */
function floatCode(value: number): number {
  const bits = 32 - Math.clz32(value);
  if (bits < 4) return value;
  const shift = bits - 4;
  return ((value >>> shift) & 7) | ((shift + 1) << 3);
}

function decode(code: number): number {
  if (code < exactBelow) return code;
  const float = code - exactBelow;
  const shift = (float >>> 3) - 1;
  const bits = float & 7;
  return exactBelow + (shift < 0 ? bits : (bits | 8) * 2 ** shift);
}

/** The length that each code stands for. */
export const lengthOfCode: Float64Array = Float64Array.from({ length: 256 }, (_, code) => decode(code));
