import type { FieldOrMissing, WeightedAvgPartial, WeightedAvgRequest } from '../../shared/aggregation/weighted-avg.ts';
import { SheafError } from '../../shared/errors.ts';
import type { NumberColumn } from '../columns/columns.ts';
import { numberColumnOf } from '../segment/columns-of.ts';
import type { Segment } from '../segment/open.ts';
import { BucketProducts, BucketSums } from './bucket-sums.ts';
import type { MakeCollector } from './collecting-task.ts';
import type { PlainCollector } from './collector.ts';
import { NumberValues } from './column-values.ts';
import { batchMax, greatestOf } from './document-batch.ts';
import type { TaskBudget } from './task-budget.ts';

export const makeWeightedAvg: MakeCollector<'weighted_avg'> = (request, { budget }) =>
  new WeightedAvgCollector(request, budget);

/** Sums of the products of values and weights, and of the weights. */
class WeightedAvgCollector implements PlainCollector<WeightedAvgPartial> {
  readonly sending = 'atOnce';
  /** Of names and two numbers. */
  readonly partialBytes = 72;
  private readonly budget: TaskBudget;
  private readonly values: NumberValues;
  private readonly weight: FieldOrMissing;
  private column: NumberColumn | null = null;
  private readonly products: BucketProducts;
  private readonly weights: BucketSums;
  /** So many buckets there is room for. */
  private buckets = 0;
  // Of the entries of a piece that have a weight.
  private readonly found = new Uint32Array(batchMax);
  private readonly foundValues = new Float64Array(batchMax);
  private readonly foundWeights = new Float64Array(batchMax);

  constructor({ value, weight }: WeightedAvgRequest, budget: TaskBudget) {
    this.budget = budget;
    this.values = new NumberValues(value.field, value.missing ?? null);
    this.weight = weight;
    this.products = new BucketProducts(budget);
    this.weights = new BucketSums(budget);
  }

  enterSegment(segment: Segment): void {
    this.values.enterSegment(segment);
    this.column = numberColumnOf(segment, this.weight.field);
  }

  collect(buckets: Uint32Array, docIds: Uint32Array, count: number): void {
    const { values, found, foundValues, foundWeights } = this;
    values.begin(buckets, docIds, count);
    for (let n = values.next(); n > 0; n = values.next()) {
      this.budget.spend(n);
      const left = this.weigh(n);
      if (left === 0) continue;
      this.hold(greatestOf(found, left) + 1);
      this.products.addAll(found, foundValues, foundWeights, left);
      this.weights.addAll(found, foundWeights, left);
    }
  }

  partial(bucket: number): WeightedAvgPartial {
    if (bucket >= this.buckets) return { kind: 'weighted_avg', products: [], weights: [] };
    return { kind: 'weighted_avg', products: this.products.sum(bucket), weights: this.weights.sum(bucket) };
  }

  /** Leaves the entries of a piece that have a weight in the lists for them, and returns how many. */
  private weigh(count: number): number {
    const { values, found, foundValues, foundWeights } = this;
    let left = 0;
    for (let i = 0; i < count; i++) {
      const weight = this.weightOf(values.docIds[i]!);
      if (weight === undefined) continue;
      found[left] = values.buckets[i]!;
      foundValues[left] = values.values[i]!;
      foundWeights[left++] = weight;
    }
    return left;
  }

  /** @throws SheafError REQUEST_VALUE_INVALID where a document has several */
  private weightOf(docId: number): number | undefined {
    const { missing, field } = this.weight;
    if (this.column === null) return missing;
    const { starts, values } = this.column;
    const from = starts[docId]!;
    const actual = starts[docId + 1]! - from;
    if (actual === 0) return missing;
    if (actual === 1) return values[from];
    const expected = 'at most one weight in each document that has a value';
    throw new SheafError('REQUEST_VALUE_INVALID', { detail: { field, expected, actual } });
  }

  private hold(count: number): void {
    if (count <= this.buckets) return;
    this.budget.hold(count - this.buckets);
    this.products.hold(count);
    this.weights.hold(count);
    this.buckets = count;
  }
}
