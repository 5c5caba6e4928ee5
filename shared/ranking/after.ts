/** Where a page begins: after a hit of the page before, or after all that rank as it does. */
import { compareByKeys, type HitPosition, type SortKey, type SortValue } from './order.ts';

export interface After {
  /** Parallel to the sort keys. */
  readonly values: readonly SortValue[];
  /** The hit itself, where it is known; else every hit with these values is passed over. */
  readonly place?: { readonly shard: number; readonly offset: number };
}

/** Whether a hit belongs to what comes after. Of a key that is a position the place decides, so it must be there. */
export function comesAfter(keys: readonly SortKey[], hit: HitPosition, { values, place }: After): boolean {
  const { shard, offset } = place ?? hit;
  const order = compareByKeys(keys, hit, { values, shard, offset });
  return order > 0 || (order === 0 && (hit.shard - shard || hit.offset - offset) > 0);
}
