/** How long lists of numbers by bucket are made, so that to make one longer copies little of it. */
import { limits } from '../../shared/limits.ts';

/** Buckets that one task may have. */
export const bucketsMax: number = limits.bucketsCollectedMax;

/** Numbers that are copied at most: all five lists of a table of so many buckets are in about a millisecond. */
export const copiedMax = 131_072;

/**
 * Twice as long as it is, as long as such a list is copied in no time. Beyond there is room at once for all that there may be: memory that
 * nothing is written to is not taken.
 * @param length of the list as it is @returns at least `needed`
 */
export function roomFor(needed: number, length: number): number {
  const doubled = Math.max(needed, 2 * length);
  return doubled <= copiedMax ? doubled : Math.max(doubled, bucketsMax);
}

/** @param longer whose first numbers become those of the list */
export function longer<T extends Float64Array | Uint32Array>(list: T, longerList: T): T {
  longerList.set(list);
  return longerList;
}
