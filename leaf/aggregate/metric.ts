import type { MetricPartial, MetricRequest } from '../../shared/aggregation/metric.ts';
import { carry, compensationMax, finiteSum, roundingError } from '../../shared/aggregation/sum.ts';
import type { Segment } from '../segment/open.ts';
import type { CollectingTask } from './collecting-task.ts';
import { NumberValues } from './column-values.ts';
import type { PlainCollector } from './collector.ts';
import { keywordFieldOf } from '../segment/columns-of.ts';
import type { TaskBudget } from './task-budget.ts';

// Of the numbers of a bucket; the count is the first.
const sumAt = 1;
const compensationAt = 2;
const minimumAt = 3;
const maximumAt = 4;
const stride = 5;
const bucketsFirst = 4;

/** Of any kind that is made of a MetricPartial. */
export function makeMetric(request: MetricRequest, { budget }: CollectingTask): PlainCollector<MetricPartial> {
  return request.values === 'string'
    ? new KeywordCountCollector(request, budget)
    : new NumberMetricCollector(request, budget);
}

/** Count, sum, least and greatest of the values of a numeric field: all that any metric is made of. */
class NumberMetricCollector implements PlainCollector<MetricPartial> {
  readonly sending = 'atOnce';
  private readonly budget: TaskBudget;
  private readonly values: NumberValues;
  /** Five numbers a bucket, side by side: a document touches one place, and the numbers never become objects. */
  private state: Float64Array = new Float64Array(0);
  private buckets = 0;
  /** Of the segments so far: see NumberValues. */
  private reach = 0;

  constructor(request: MetricRequest, budget: TaskBudget) {
    this.budget = budget;
    this.values = new NumberValues(request.field, null, false);
  }

  enterSegment(segment: Segment): void {
    this.values.enterSegment(segment);
    this.reach += this.values.reach;
  }

  collect(buckets: Uint32Array, docIds: Uint32Array, count: number): void {
    const { values } = this;
    values.begin(buckets, docIds, count);
    for (let n = values.next(); n > 0; n = values.next()) {
      this.budget.work += n;
      // No sum can be rounded then.
      if (this.reach <= Number.MAX_SAFE_INTEGER) {
        if (values.isTop) this.addWholeToOne(values.values, n);
        else this.addWhole(values.buckets, values.values, n);
      } else for (let i = 0; i < n; i++) this.add(values.buckets[i]!, values.values[i]!);
    }
  }

  partial(bucket: number): MetricPartial {
    const at = bucket * stride;
    const { state } = this;
    const count = bucket < this.buckets ? state[at]! : 0;
    if (count === 0) return { kind: 'metric', count, sum: 0, compensation: 0, min: null, max: null };
    const sum = finiteSum({ sum: state[at + sumAt]!, compensation: state[at + compensationAt]! });
    return { kind: 'metric', count, ...sum, min: state[at + minimumAt]!, max: state[at + maximumAt]! };
  }

  /** Adds values whose sum is exact to the bucket 0. Hot. */
  private addWholeToOne(values: Float64Array, count: number): void {
    if (this.buckets === 0) this.addBuckets(1);
    const { state } = this;
    let sum = state[sumAt]!;
    let minimum = state[minimumAt]!;
    let maximum = state[maximumAt]!;
    for (let i = 0; i < count; i++) {
      const value = values[i]!;
      sum += value;
      if (value < minimum) minimum = value;
      if (value > maximum) maximum = value;
    }
    state[0]! += count;
    state[sumAt] = sum;
    state[minimumAt] = minimum;
    state[maximumAt] = maximum;
  }

  /** Adds values whose sums are exact. Hot. */
  private addWhole(buckets: Uint32Array, values: Float64Array, count: number): void {
    let { state } = this;
    for (let i = 0; i < count; i++) {
      const bucket = buckets[i]!;
      if (bucket >= this.buckets) {
        this.addBuckets(bucket + 1);
        ({ state } = this);
      }
      const at = bucket * stride;
      const value = values[i]!;
      state[at]!++;
      state[at + sumAt]! += value;
      if (value < state[at + minimumAt]!) state[at + minimumAt] = value;
      if (value > state[at + maximumAt]!) state[at + maximumAt] = value;
    }
  }

  private add(bucket: number, value: number): void {
    if (bucket >= this.buckets) this.addBuckets(bucket + 1);
    const { state } = this;
    const at = bucket * stride;
    const sum = state[at + sumAt]!;
    state[at]!++;
    state[at + sumAt] = sum + value;
    const compensation = state[at + compensationAt]! + roundingError(sum, value);
    state[at + compensationAt] = compensation;
    if (compensation > compensationMax || compensation < -compensationMax) this.carry(at);
    if (value < state[at + minimumAt]!) state[at + minimumAt] = value;
    if (value > state[at + maximumAt]!) state[at + maximumAt] = value;
  }

  private carry(at: number): void {
    const { state } = this;
    const carried = carry({ sum: state[at + sumAt]!, compensation: state[at + compensationAt]! });
    state[at + sumAt] = carried.sum;
    state[at + compensationAt] = carried.compensation;
  }

  private addBuckets(count: number): void {
    this.budget.hold(count - this.buckets);
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

/** Counts the values of a keyword field, which is all that can be said of strings. */
class KeywordCountCollector implements PlainCollector<MetricPartial> {
  readonly sending = 'atOnce';
  private readonly budget: TaskBudget;
  private readonly field: string;
  private starts: Uint32Array | null = null;
  /** By bucket. */
  private readonly counts: number[] = [];

  constructor(request: MetricRequest, budget: TaskBudget) {
    this.budget = budget;
    this.field = request.field;
  }

  enterSegment(segment: Segment): void {
    this.starts = keywordFieldOf(segment, this.field)?.column.starts ?? null;
  }

  collect(buckets: Uint32Array, docIds: Uint32Array, count: number): void {
    const { starts } = this;
    if (starts === null) return;
    this.budget.work += count;
    for (let i = 0; i < count; i++) {
      const bucket = buckets[i]!;
      while (this.counts.length <= bucket) this.addBucket();
      this.counts[bucket]! += starts[docIds[i]! + 1]! - starts[docIds[i]!]!;
    }
  }

  partial(bucket: number): MetricPartial {
    return { kind: 'metric', count: this.counts[bucket] ?? 0, sum: 0, compensation: 0, min: null, max: null };
  }

  private addBucket(): void {
    this.budget.hold(1);
    this.counts.push(0);
  }
}
