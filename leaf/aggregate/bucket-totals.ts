import type { Totals } from '../../shared/aggregation/metric.ts';
import { roundingError } from '../../shared/aggregation/sum.ts';
import { areOneBucket, greatestOf } from './document-batch.ts';
import { pageMask, pageShift, PagedState } from './paged-state.ts';
import { SpilledSums } from './spilled-sums.ts';
import type { TaskBudget } from './task-budget.ts';

// Of the numbers of a bucket; the running sum is the first, and what it lacks stands beside it.
const lostAt = 1;
const countAt = 2;
const minimumAt = 3;
const maximumAt = 4;
const stride = 5;
const none = [0, 0, 0, Infinity, -Infinity];

const noTotals: Totals = { count: 0, sum: [], min: null, max: null };

/** Count, sum, least and greatest of the values in each bucket. */
export class BucketTotals {
  private readonly budget: TaskBudget;
  private readonly spilled: SpilledSums;
  /** Five numbers a bucket, side by side: a document touches one place, and the numbers never become objects. */
  private readonly state = new PagedState(none);
  /** So many buckets there is room for. */
  buckets = 0;

  constructor(budget: TaskBudget) {
    this.budget = budget;
    this.spilled = new SpilledSums(budget);
  }

  /** Adds values to their buckets. @param count of them, at least 1, from the front of both lists */
  addAll(buckets: Uint32Array, values: Float64Array, count: number): void {
    this.budget.spend(count);
    if (areOneBucket(buckets, count)) {
      if (buckets[0]! >= this.buckets) this.addBuckets(buckets[0]! + 1);
      this.addToOne(buckets[0]!, values, count);
      return;
    }
    const last = greatestOf(buckets, count);
    if (last >= this.buckets) this.addBuckets(last + 1);
    this.addScattered(buckets, values, count);
  }

  /** The same of values no sum of which is rounded, as whole numbers are whose sums are safe integers. Hot. */
  addWhole(buckets: Uint32Array, values: Float64Array, count: number): void {
    this.budget.spend(count);
    const last = greatestOf(buckets, count);
    if (last >= this.buckets) this.addBuckets(last + 1);
    const { pages } = this.state;
    for (let i = 0; i < count; i++) {
      const bucket = buckets[i]!;
      const state = pages[bucket >>> pageShift]!;
      const at = (bucket & pageMask) * stride;
      const value = values[i]!;
      state[at]! += value;
      state[at + countAt]!++;
      if (value < state[at + minimumAt]!) state[at + minimumAt] = value;
      if (value > state[at + maximumAt]!) state[at + maximumAt] = value;
    }
  }

  /** The same where all are in the bucket 0. Hot. */
  addWholeToTop(values: Float64Array, count: number): void {
    this.budget.spend(count);
    if (this.buckets === 0) this.addBuckets(1);
    const state = this.state.pages[0]!;
    let sum = state[0]!;
    let minimum = state[minimumAt]!;
    let maximum = state[maximumAt]!;
    for (let i = 0; i < count; i++) {
      const value = values[i]!;
      sum += value;
      if (value < minimum) minimum = value;
      if (value > maximum) maximum = value;
    }
    state[0] = sum;
    state[countAt]! += count;
    state[minimumAt] = minimum;
    state[maximumAt] = maximum;
  }

  /** Those of a bucket; of one that was never given a value, those of none. */
  totals(bucket: number): Totals {
    if (bucket >= this.buckets) return noTotals;
    const state = this.state.pages[bucket >>> pageShift]!;
    const at = (bucket & pageMask) * stride;
    const count = state[at + countAt]!;
    if (count === 0) return noTotals;
    const sum = this.spilled.sum(bucket, state, at);
    // Adding 0 turns −0, which JSON does not know, into 0.
    return { count, sum, min: state[at + minimumAt]! + 0, max: state[at + maximumAt]! + 0 };
  }

  /** The numbers of the bucket go to memory and back for no value. */
  private addToOne(bucket: number, values: Float64Array, count: number): void {
    const state = this.state.pages[bucket >>> pageShift]!;
    const at = (bucket & pageMask) * stride;
    let minimum = state[at + minimumAt]!;
    let maximum = state[at + maximumAt]!;
    for (let i = 0; i < count; i++) {
      let rounded = state[at]!;
      let lost = state[at + lostAt]!;
      let isExact = true;
      for (; i < count; i++) {
        const value = values[i]!;
        if (value < minimum) minimum = value;
        if (value > maximum) maximum = value;
        const error = roundingError(rounded, value);
        isExact = roundingError(lost, error) === 0;
        if (!isExact) break;
        rounded += value;
        lost += error;
      }
      state[at] = rounded;
      state[at + lostAt] = lost;
      if (!isExact) this.spilled.spill(bucket, state, at).add(values[i]!);
    }
    state[at + countAt]! += count;
    state[at + minimumAt] = minimum;
    state[at + maximumAt] = maximum;
  }

  private addScattered(buckets: Uint32Array, values: Float64Array, count: number): void {
    const { pages } = this.state;
    for (let i = 0; i < count; i++) {
      const bucket = buckets[i]!;
      const state = pages[bucket >>> pageShift]!;
      const at = (bucket & pageMask) * stride;
      const value = values[i]!;
      const rounded = state[at]!;
      const lost = state[at + lostAt]!;
      const error = roundingError(rounded, value);
      if (roundingError(lost, error) === 0) {
        state[at] = rounded + value;
        state[at + lostAt] = lost + error;
      } else this.spilled.spill(bucket, state, at).add(value);
      state[at + countAt]!++;
      if (value < state[at + minimumAt]!) state[at + minimumAt] = value;
      if (value > state[at + maximumAt]!) state[at + maximumAt] = value;
    }
  }

  private addBuckets(count: number): void {
    this.budget.hold(count - this.buckets);
    this.state.reserve(count);
    this.buckets = count;
  }
}
