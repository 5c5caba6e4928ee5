import type { CardinalityPartial } from './cardinality-partial.ts';
import { precisionOf, registerMax } from './hyper-log-log.ts';

/** The slow twin of DistinctHashes: the distinct hashes, or the registers by their digits, from all hashes at once. */
export function slowCardinality(hashes: readonly bigint[], threshold: number): CardinalityPartial {
  const distinct = [...new Set(hashes)].sort((a, b) => (a < b ? -1 : 1));
  if (distinct.length <= threshold) {
    const bytes = Buffer.alloc(8 * distinct.length);
    distinct.forEach((hash, i) => bytes.writeBigUInt64LE(hash, 8 * i));
    return { kind: 'cardinality', hashes: bytes.toString('base64') };
  }
  const precision = precisionOf(threshold);
  const registers = Array.from({ length: 2 ** precision }, () => 0);
  for (const hash of distinct) {
    const digits = hash.toString(2).padStart(64, '0');
    const one = digits.indexOf('1', precision);
    const at = Number.parseInt(digits.slice(0, precision), 2);
    registers[at] = Math.max(registers[at]!, one < 0 ? registerMax(precision) : one - precision + 1);
  }
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
  return { kind: 'cardinality', registers: registers.map((register) => alphabet[register]).join('') };
}
