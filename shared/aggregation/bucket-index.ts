/**
 * Buckets of a histogram by number: bucket `index` holds the values from `index * interval + offset` to the next
 * border. Between processes buckets are known by their index, which is exact where a border would be rounded; the
 * border is computed once, for the caller.
 */
import { SheafError } from '../errors.ts';

/** Where the borders of the buckets of a field are. */
export type Borders = {
  readonly field: string;
  /** Greater than 0. */
  readonly interval: number;
  /** Shifts the bucket borders; 0 ≤ offset < interval. */
  readonly offset: number;
};

/**
 * The bucket of a value.
 * @throws SheafError REQUEST_VALUE_INVALID when the interval is so small that buckets out there cannot be told apart
 */
export function bucketIndexOf(request: Borders, value: number): number {
  const index = Math.floor((value - request.offset) / request.interval);
  if (!Number.isSafeInteger(index)) throw intervalInvalid(request, 'a larger interval', value);
  // A value just below 0 may divide to −0.
  return index + 0;
}

/**
 * Where buckets begin, for indexes that are asked for in ascending order.
 * @throws SheafError REQUEST_VALUE_INVALID when a border is beyond the largest number or rounds to the one before
 */
export function ascendingBorders(request: Borders): (index: number) => number {
  let before = -Infinity;
  return (index) => {
    const border = index * request.interval + request.offset;
    if (!Number.isFinite(border)) throw intervalInvalid(request, 'a smaller interval', index);
    if (!(border > before)) throw intervalInvalid(request, 'a larger interval', border);
    before = border;
    return border;
  };
}

function intervalInvalid({ field, interval }: Borders, expected: string, near: number): SheafError {
  return new SheafError('REQUEST_VALUE_INVALID', { detail: { expected, field, interval, near } });
}
