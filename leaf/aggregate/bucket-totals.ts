import type { Totals } from '../../shared/aggregation/metric.ts';
import { BucketSums } from './bucket-sums.ts';
import { greatestOf } from './document-batch.ts';
import type { TaskBudget } from './task-budget.ts';

// Of the numbers of a bucket; the count is the first.
const minimumAt = 1;
const maximumAt = 2;
const stride = 3;
const bucketsFirst = 4;

/** Count, sum, least and greatest of the values in each bucket. */
export class BucketTotals {
  private readonly budget: TaskBudget;
  private readonly sums: BucketSums;
  /** Three numbers a bucket, side by side: a document touches one place, and the numbers never become objects. */
  private state: Float64Array = new Float64Array(0);
  /** So many buckets there is room for. */
  buckets = 0;

  constructor(budget: TaskBudget) {
    this.budget = budget;
    this.sums = new BucketSums(budget);
  }

  /** Adds values to their buckets. @param count of them, from the front of both lists */
  addAll(buckets: Uint32Array, values: Float64Array, count: number): void {
    this.count(buckets, values, count);
    this.sums.addAll(buckets, values, count);
  }

  /** The same of values no sum of which is rounded. */
  addWhole(buckets: Uint32Array, values: Float64Array, count: number): void {
    this.count(buckets, values, count);
    this.sums.addWhole(buckets, values, count);
  }

  /** The same where all are in the bucket 0. Hot. */
  addWholeToTop(values: Float64Array, count: number): void {
    if (this.buckets === 0) this.addBuckets(1);
    const { state } = this;
    let sum = 0;
    let minimum = state[minimumAt]!;
    let maximum = state[maximumAt]!;
    for (let i = 0; i < count; i++) {
      const value = values[i]!;
      sum += value;
      if (value < minimum) minimum = value;
      if (value > maximum) maximum = value;
    }
    state[0]! += count;
    state[minimumAt] = minimum;
    state[maximumAt] = maximum;
    this.sums.addWholeSum(0, sum);
    this.budget.work += count;
  }

  /** Those of a bucket; of one that was never given a value, those of none. */
  totals(bucket: number): Totals {
    const at = bucket * stride;
    const { state } = this;
    const count = bucket < this.buckets ? state[at]! : 0;
    if (count === 0) return { count, sum: [], min: null, max: null };
    // Adding 0 turns −0, which JSON does not know, into 0.
    return {
      count,
      sum: this.sums.sum(bucket),
      min: state[at + minimumAt]! + 0,
      max: state[at + maximumAt]! + 0,
    };
  }

  private count(buckets: Uint32Array, values: Float64Array, count: number): void {
    const last = greatestOf(buckets, count);
    if (last >= this.buckets) this.addBuckets(last + 1);
    const { state } = this;
    for (let i = 0; i < count; i++) {
      const at = buckets[i]! * stride;
      const value = values[i]!;
      state[at]!++;
      if (value < state[at + minimumAt]!) state[at + minimumAt] = value;
      if (value > state[at + maximumAt]!) state[at + maximumAt] = value;
    }
    this.budget.work += count;
  }

  private addBuckets(count: number): void {
    this.budget.hold(count - this.buckets);
    this.sums.hold(count);
    if (count * stride > this.state.length) {
      const longer = new Float64Array(Math.max(count, 2 * this.buckets, bucketsFirst) * stride);
      longer.set(this.state);
      this.state = longer;
    }
    for (let at = this.buckets * stride; at < count * stride; at += stride) {
      this.state[at + minimumAt] = Infinity;
      this.state[at + maximumAt] = -Infinity;
    }
    this.buckets = count;
  }
}
