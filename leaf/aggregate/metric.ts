import type { MetricPartial } from '../../shared/aggregation/partial.ts';
import type { MetricRequest } from '../../shared/aggregation/request.ts';
import { finiteSum, roundingError } from '../../shared/aggregation/sum.ts';
import type { Segment } from '../segment/open.ts';
import type { MetricCollector } from './collector.ts';
import { keywordFieldOf, numberColumnOf } from './columns-of.ts';
import type { TaskBudget } from './task-budget.ts';

/** Count, sum, least and greatest of the values of a numeric field: all that any metric is made of. */
export class NumberMetricCollector implements MetricCollector {
  readonly kind = 'metric';
  private readonly budget: TaskBudget;
  private readonly field: string;
  private starts: Uint32Array | null = null;
  private values: Float64Array = new Float64Array(0);
  // By bucket.
  private readonly counts: number[] = [];
  private readonly sums: number[] = [];
  private readonly compensations: number[] = [];
  private readonly minima: number[] = [];
  private readonly maxima: number[] = [];

  constructor(request: MetricRequest, budget: TaskBudget) {
    this.budget = budget;
    this.field = request.field;
  }

  enterSegment(segment: Segment): void {
    const column = numberColumnOf(segment, this.field);
    this.starts = column?.starts ?? null;
    if (column !== null) this.values = column.values;
  }

  collect(bucket: number, docId: number): void {
    const { starts, values } = this;
    if (starts === null) return;
    const start = starts[docId]!;
    const end = starts[docId + 1]!;
    this.budget.work += end - start;
    for (let i = start; i < end; i++) this.add(bucket, values[i]!);
  }

  partial(bucket: number): MetricPartial {
    const count = this.counts[bucket] ?? 0;
    if (count === 0) return { kind: 'metric', count, sum: 0, compensation: 0, min: null, max: null };
    const sum = finiteSum({ sum: this.sums[bucket]!, compensation: this.compensations[bucket]! });
    return { kind: 'metric', count, ...sum, min: this.minima[bucket]!, max: this.maxima[bucket]! };
  }

  private add(bucket: number, value: number): void {
    while (this.counts.length <= bucket) this.addBucket();
    const sum = this.sums[bucket]!;
    this.counts[bucket]!++;
    this.sums[bucket] = sum + value;
    this.compensations[bucket]! += roundingError(sum, value);
    if (value < this.minima[bucket]!) this.minima[bucket] = value;
    if (value > this.maxima[bucket]!) this.maxima[bucket] = value;
  }

  private addBucket(): void {
    this.budget.hold(1);
    this.counts.push(0);
    this.sums.push(0);
    this.compensations.push(0);
    this.minima.push(Infinity);
    this.maxima.push(-Infinity);
  }
}

/** Counts the values of a keyword field, which is all that can be said of strings. */
export class KeywordCountCollector implements MetricCollector {
  readonly kind = 'metric';
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

  collect(bucket: number, docId: number): void {
    if (this.starts === null) return;
    while (this.counts.length <= bucket) this.addBucket();
    this.budget.work++;
    this.counts[bucket]! += this.starts[docId + 1]! - this.starts[docId]!;
  }

  partial(bucket: number): MetricPartial {
    return { kind: 'metric', count: this.counts[bucket] ?? 0, sum: 0, compensation: 0, min: null, max: null };
  }

  private addBucket(): void {
    this.budget.hold(1);
    this.counts.push(0);
  }
}
