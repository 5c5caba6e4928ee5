import type { MetricPartial, MetricRequest } from '../../shared/aggregation/metric.ts';
import type { Segment } from '../segment/open.ts';
import { BucketTotals } from './bucket-totals.ts';
import type { CollectingTask } from './collecting-task.ts';
import { NumberValues } from './column-values.ts';
import type { PlainCollector } from './collector.ts';
import { keywordFieldOf } from '../segment/columns-of.ts';
import type { TaskBudget } from './task-budget.ts';

/** Of names and four numbers. */
const partialBytes = 72;

/** Of any kind that is made of a MetricPartial. */
export function makeMetric(request: MetricRequest, { budget }: CollectingTask): PlainCollector<MetricPartial> {
  return request.values === 'string'
    ? new KeywordCountCollector(request, budget)
    : new NumberMetricCollector(request, budget);
}

/** Count, sum, least and greatest of the values of a numeric field: all that any metric is made of. */
class NumberMetricCollector implements PlainCollector<MetricPartial> {
  readonly sending = 'atOnce';
  readonly partialBytes = partialBytes;
  private readonly values: NumberValues;
  private readonly totals: BucketTotals;
  /** Of the segments so far: see NumberValues. */
  private reach = 0;

  constructor({ field, missing }: MetricRequest, budget: TaskBudget) {
    this.values = new NumberValues(field, missing === undefined ? null : Number(missing), false);
    this.totals = new BucketTotals(budget);
  }

  enterSegment(segment: Segment): void {
    this.values.enterSegment(segment);
    this.reach += this.values.reach;
  }

  collect(buckets: Uint32Array, docIds: Uint32Array, count: number): void {
    const { values, totals } = this;
    values.begin(buckets, docIds, count);
    for (let n = values.next(); n > 0; n = values.next()) {
      // No sum can be rounded within it. So written that a reach that is no number is not within.
      if (!(this.reach <= Number.MAX_SAFE_INTEGER)) totals.addAll(values.buckets, values.values, n);
      else if (values.isTop) totals.addWholeToTop(values.values, n);
      else totals.addWhole(values.buckets, values.values, n);
    }
  }

  partial(bucket: number): MetricPartial {
    return { kind: 'metric', ...this.totals.totals(bucket) };
  }
}

/** Counts the values of a keyword field, which is all that can be said of strings. */
class KeywordCountCollector implements PlainCollector<MetricPartial> {
  readonly sending = 'atOnce';
  readonly partialBytes = partialBytes;
  private readonly budget: TaskBudget;
  private readonly field: string;
  /** What a document without a value counts. */
  private readonly missing: 0 | 1;
  private starts: Uint32Array | null = null;
  /** By bucket. */
  private readonly counts: number[] = [];

  constructor({ field, missing }: MetricRequest, budget: TaskBudget) {
    this.budget = budget;
    this.field = field;
    this.missing = missing === undefined ? 0 : 1;
  }

  enterSegment(segment: Segment): void {
    this.starts = keywordFieldOf(segment, this.field)?.column.starts ?? null;
  }

  collect(buckets: Uint32Array, docIds: Uint32Array, count: number): void {
    const { starts, missing } = this;
    if (starts === null && missing === 0) return;
    this.budget.spend(count);
    for (let i = 0; i < count; i++) {
      const bucket = buckets[i]!;
      while (this.counts.length <= bucket) this.addBucket();
      const own = starts === null ? 0 : starts[docIds[i]! + 1]! - starts[docIds[i]!]!;
      this.counts[bucket]! += own === 0 ? missing : own;
    }
  }

  partial(bucket: number): MetricPartial {
    return { kind: 'metric', count: this.counts[bucket] ?? 0, sum: [], min: null, max: null };
  }

  private addBucket(): void {
    this.budget.hold(1);
    this.counts.push(0);
  }
}
