import { filledGap, type GapPolicy } from './gap-policy.ts';
import type { Shown } from './shown.ts';
import { documentsIn } from './shown-buckets.ts';

/** A number of a bucket, NaN where it has none. */
export type NumberOf = (bucket: Shown) => number;

/** To one number of each bucket. */
export class BucketPath {
  /** The count of documents is never missing, and no gap. */
  private readonly isCount: boolean;
  private readonly of: NumberOf;

  constructor(of: NumberOf, isCount: boolean) {
    this.of = of;
    this.isCount = isCount;
  }

  /** NaN where the bucket has nothing to say. */
  valueIn(bucket: Shown, policy: GapPolicy): number {
    const value = this.of(bucket);
    return this.isCount ? value : filledGap(policy, documentsIn(bucket), value);
  }
}

/** To one number of each bucket of an aggregation. */
export interface BucketsPath {
  readonly buckets: (results: Shown) => readonly Shown[];
  readonly inBucket: BucketPath;
}
