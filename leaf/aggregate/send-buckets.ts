/** From the buckets collected to those sent: sorted by key, the nested ones with them. */
import type { BucketPartial } from '../../shared/aggregation/buckets.ts';
import type { BucketTable } from './bucket-table.ts';
import type { CollectorSet } from './collector-set.ts';
import type { Steps } from '../schedule/steps.ts';
import { sortInSteps } from './sort-in-steps.ts';
import type { TaskBudget } from './task-budget.ts';

/** What a bucket collector has collected. */
export interface Collected {
  readonly table: BucketTable;
  readonly nested: CollectorSet;
  readonly budget: TaskBudget;
  /** The key that is sent. */
  readonly keyOf: (bucket: number) => number | string;
  /** Whether the keys of the table are numbers in the order of the keys that are sent. To be asked once all is collected. */
  readonly areKeysOrdered: () => boolean;
  /** Gets ready to compare keys. To be called once all is collected. */
  readonly rankKeys: () => Steps<void>;
  /** Order of the keys of two buckets, as `compareKeys` has it. */
  readonly compareKeysOf: (bucketA: number, bucketB: number) => number;
}

const bucketsPerStep = 256;

/** The buckets of one parent, by ascending key, ready to be compared. */
export function* bucketsToSend(collected: Collected, parent: number): Steps<Uint32Array> {
  const { table, rankKeys, areKeysOrdered, compareKeysOf } = collected;
  yield* table.settle();
  const ascending = areKeysOrdered() ? table.ascendingIn(parent) : null;
  if (ascending !== null) return ascending;
  const all = table.bucketsIn(parent);
  if (all.length > 1) yield* rankKeys();
  yield* sortInSteps(all, compareKeysOf);
  return all;
}

/**
 * Partials of buckets by ascending key, with what is nested in them. The buckets are to be counted as sent before.
 * @param buckets those to send; they are sorted in place where they are not sorted
 */
export function* partialsOf(collected: Collected, buckets: Uint32Array, share: number): Steps<BucketPartial[]> {
  const { table, nested, budget, keyOf, compareKeysOf } = collected;
  if (!isAscending(buckets, compareKeysOf)) yield* sortInSteps(buckets, compareKeysOf);
  const shareOfEach = Math.max(0, share - buckets.length) / Math.max(1, buckets.length);
  const { plainCount } = nested;
  budget.send(buckets.length * nested.bytesInEach);
  let keyBytes = 0;
  const partials: BucketPartial[] = [];
  for (let i = 0; i < buckets.length; i++) {
    const bucket = buckets[i]!;
    const aggregations =
      plainCount === null ? yield* nested.partials(bucket, shareOfEach) : nested.plainPartials(bucket);
    const key = keyOf(bucket);
    if (typeof key === 'string') keyBytes += key.length;
    partials.push({ key, count: table.countOf(bucket), aggregations });
    if ((i + 1) % bucketsPerStep !== 0) continue;
    budget.send(keyBytes);
    keyBytes = 0;
    yield bucketsPerStep * (1 + (plainCount ?? 0));
  }
  budget.send(keyBytes);
  return partials;
}

/** Cost: a comparison of each with the one before. */
function isAscending(buckets: Uint32Array, compare: (a: number, b: number) => number): boolean {
  for (let i = 1; i < buckets.length; i++) if (compare(buckets[i - 1]!, buckets[i]!) > 0) return false;
  return true;
}
