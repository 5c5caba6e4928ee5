/**
 * Buckets that are shown in an object by their names. Objects list names that look like whole numbers first, whatever came first; so
 * their order is kept beside them, and the name of each, for who goes on from it.
 */
import { bucketsPerStep, type Steps } from './steps.ts';

const orders = new WeakMap<object, readonly unknown[]>();
const names = new WeakMap<object, string>();

/** @param named in their order @returns the same in an object without a prototype, as names are callers' words */
export function* keyedBuckets<B extends object>(named: ReadonlyMap<string, B>): Steps<Readonly<Record<string, B>>> {
  const buckets: Record<string, B> = Object.create(null);
  const order: B[] = [];
  for (const [name, bucket] of named) {
    buckets[name] = bucket;
    names.set(bucket, name);
    order.push(bucket);
    if (order.length % bucketsPerStep === 0) yield;
  }
  orders.set(buckets, order);
  return buckets;
}

/** The buckets of such an object, in their order. */
export function inTheirOrder(buckets: Readonly<Record<string, unknown>>): readonly unknown[] {
  return orders.get(buckets) ?? Object.values(buckets);
}

/** Gives buckets of a list the names by which they are spoken of, though none is shown. */
export function nameBuckets(buckets: readonly object[], called: readonly string[]): void {
  for (const [i, bucket] of buckets.entries()) names.set(bucket, called[i]!);
}

/** The name of a bucket that was given one; undefined of others. */
export function nameOfKeyed(bucket: object): string | undefined {
  return names.get(bucket);
}
