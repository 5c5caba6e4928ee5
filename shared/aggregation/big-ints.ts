/** Sums of whole numbers, which may be larger than a number of JSON is read exactly. */
import { SheafError } from '../errors.ts';

/** How a whole number beyond 2^53 is told: as a string, or the search is refused. */
export type BigInts = 'string' | 'error';

/** @throws SheafError SUM_TOO_LARGE where the value is beyond 2^53 and the caller wants no strings */
export function showInteger(value: bigint, field: string, bigInts: BigInts): number | string {
  const limit = Number.MAX_SAFE_INTEGER;
  if (value >= -BigInt(limit) && value <= BigInt(limit)) return Number(value);
  if (bigInts === 'string') return String(value);
  throw new SheafError('SUM_TOO_LARGE', { detail: { field, limit, actual: String(value) } });
}

/** The quotient to the last digits of a double, where the sum itself is no double any more. @param count at least 1 */
export function meanOfIntegers(sum: bigint, count: bigint): number {
  return Number(sum / count) + Number(sum % count) / Number(count);
}
