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
  /** Gets ready to compare keys. To be called once all is collected. */
  readonly rankKeys: () => Steps<void>;
  /** Order of the keys of two buckets, as `compareKeys` has it. */
  readonly compareKeysOf: (bucketA: number, bucketB: number) => number;
}

const bucketsPerStep = 256;

/** The buckets of one parent, in the order they were made, ready to be compared. */
export function* bucketsToSend({ table, rankKeys }: Collected, parent: number): Steps<Uint32Array> {
  const all = table.bucketsOf(parent);
  if (all.length > 1) yield* rankKeys();
  return all;
}

/**
 * Partials of buckets by ascending key, with what is nested in them. To be counted as sent before.
 * @param buckets those to send; they are sorted in place
 */
export function* partialsOf(collected: Collected, buckets: Uint32Array, share: number): Steps<BucketPartial[]> {
  const { table, nested, keyOf } = collected;
  yield* sortInSteps(buckets, collected.compareKeysOf);
  const shareOfEach = Math.max(0, share - buckets.length) / Math.max(1, buckets.length);
  const partials: BucketPartial[] = [];
  for (let i = 0; i < buckets.length; i++) {
    const bucket = buckets[i]!;
    const aggregations = yield* nested.partials(bucket, shareOfEach);
    partials.push({ key: keyOf(bucket), count: table.countOf(bucket), aggregations });
    if ((i + 1) % bucketsPerStep === 0) yield bucketsPerStep;
  }
  return partials;
}
