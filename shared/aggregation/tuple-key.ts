/**
 * Keys of several values. Between processes such a key is one string, the JSON of the array of its values, so that buckets meet by it
 * as by any other; each tuple has one such string.
 */
import type { BucketPartial } from './buckets.ts';

/** Values of a key; null where the document has none. */
export type Tuple = readonly (number | string | null)[];

export function keyOfTuple(tuple: Tuple): string {
  return JSON.stringify(tuple);
}

/** @param key that `keyOfTuple` made */
export function tupleOfKey(key: BucketPartial['key']): Tuple {
  return JSON.parse(String(key)) as Tuple;
}

/** Whether what a leaf sent is a key of so many values, each of which is one. */
export function isTupleKey(key: unknown, width: number, isValue: (value: unknown, i: number) => boolean): boolean {
  if (typeof key !== 'string') return false;
  let tuple: unknown;
  try {
    tuple = JSON.parse(key);
  } catch {
    return false;
  }
  if (!Array.isArray(tuple) || tuple.length !== width || !tuple.every(isValue)) return false;
  return JSON.stringify(tuple) === key;
}

/** Compares keys by their values from the first on. What was read of a key is kept. */
export function compareTupleKeys(
  compareValues: (a: Tuple[number], b: Tuple[number], i: number) => number,
): (a: BucketPartial['key'], b: BucketPartial['key']) => number {
  const read = new Map<BucketPartial['key'], Tuple>();
  const tupleOf = (key: BucketPartial['key']): Tuple => {
    let tuple = read.get(key);
    if (tuple === undefined) read.set(key, (tuple = tupleOfKey(key)));
    return tuple;
  };
  return (a, b) => {
    const [one, other] = [tupleOf(a), tupleOf(b)];
    for (let i = 0; i < one.length; i++) {
      const order = compareValues(one[i]!, other[i]!, i);
      if (order !== 0) return order;
    }
    return 0;
  };
}
