/** Exact sums of values and of products, one in each bucket. */
import { binaryOf, product, type Binary } from '../../shared/aggregation/binary.ts';
import { roundingError, SumAccumulator, type Sum } from '../../shared/aggregation/sum.ts';
import { areOneBucket, batchMax } from './document-batch.ts';
import { longer, roomFor } from './room-for.ts';
import { SpilledSums } from './spilled-sums.ts';
import type { TaskBudget } from './task-budget.ts';

/** Sums of values. Cost: two additions of doubles and what they lost, some 2 ns a value. */
export class BucketSums {
  private readonly spilled: SpilledSums;
  /** Of each bucket the running sum, and what it lacks. */
  private state: Float64Array = new Float64Array(0);

  constructor(budget: TaskBudget) {
    this.spilled = new SpilledSums(budget);
  }

  /** Makes room. @param count of buckets that there are */
  hold(count: number): void {
    if (2 * count <= this.state.length) return;
    this.state = longer(this.state, new Float64Array(2 * roomFor(count, this.state.length / 2)));
  }

  /** Adds values to their buckets, for which there is room. @param count of them, at least 1, from the front of both lists */
  addAll(buckets: Uint32Array, values: Float64Array, count: number): void {
    if (areOneBucket(buckets, count)) this.addToOne(buckets[0]!, values, count);
    else this.addScattered(buckets, values, count);
  }

  /** Adds a number that is no double. */
  addBinary(bucket: number, value: Binary): void {
    this.spilled.spill(bucket, this.state, 2 * bucket).addBinary(value);
  }

  /** The sum of a bucket that there is room for. */
  sum(bucket: number): Sum {
    return this.spilled.sum(bucket, this.state, 2 * bucket);
  }

  /** The running sum goes to memory and back for no value. */
  private addToOne(bucket: number, values: Float64Array, count: number): void {
    const { state } = this;
    const at = 2 * bucket;
    for (let i = 0; i < count; i++) {
      let rounded = state[at]!;
      let lost = state[at + 1]!;
      for (; i < count; i++) {
        const error = roundingError(rounded, values[i]!);
        if (roundingError(lost, error) !== 0) break;
        rounded += values[i]!;
        lost += error;
      }
      state[at] = rounded;
      state[at + 1] = lost;
      if (i < count) this.spilled.spill(bucket, state, at).add(values[i]!);
    }
  }

  private addScattered(buckets: Uint32Array, values: Float64Array, count: number): void {
    const { state } = this;
    for (let i = 0; i < count; i++) {
      const at = 2 * buckets[i]!;
      const value = values[i]!;
      const rounded = state[at]!;
      const lost = state[at + 1]!;
      const error = roundingError(rounded, value);
      if (roundingError(lost, error) === 0) {
        state[at] = rounded + value;
        state[at + 1] = lost + error;
      } else this.spilled.spill(buckets[i]!, state, at).add(value);
    }
  }
}

/** Half the bits of a mantissa are left by it. */
const splitter = 2 ** 27 + 1;
/** Products between these have an error that is a double, and factors below this can be split. */
const productMin = 2 ** -960;
const productMax = 2 ** 1000;
const factorMax = 2 ** 990;

/**
 * Sums of products: those of the rounded products and of what rounding lost, each of one magnitude, so that two doubles hold each.
 *
 * Source: Dekker, "A floating-point technique for extending the available precision" (1971).
 */
export class BucketProducts {
  private readonly budget: TaskBudget;
  private readonly rounded: BucketSums;
  private readonly lost: BucketSums;
  private buckets = 0;
  private readonly products = new Float64Array(batchMax);
  private readonly errors = new Float64Array(batchMax);

  constructor(budget: TaskBudget) {
    this.budget = budget;
    this.rounded = new BucketSums(budget);
    this.lost = new BucketSums(budget);
  }

  /** Makes room. @param count of buckets that there are @throws SheafError AGGREGATION_TOO_MANY_BUCKETS */
  hold(count: number): void {
    if (count <= this.buckets) return;
    this.budget.hold(count - this.buckets);
    this.buckets = count;
    this.rounded.hold(count);
    this.lost.hold(count);
  }

  /** Adds the products of two lists. @param count of them, at most `batchMax` */
  addAll(buckets: Uint32Array, as: Float64Array, bs: Float64Array, count: number): void {
    const { products, errors } = this;
    for (let i = 0; i < count; i++) {
      const a = as[i]!;
      const b = bs[i]!;
      const size = Math.abs(a * b);
      if (size > productMin && size < productMax && Math.abs(a) < factorMax && Math.abs(b) < factorMax) {
        products[i] = a * b;
        errors[i] = productError(a, b);
        continue;
      }
      products[i] = 0;
      errors[i] = 0;
      if (a !== 0 && b !== 0) this.rounded.addBinary(buckets[i]!, product(binaryOf(a), binaryOf(b)));
    }
    this.rounded.addAll(buckets, products, count);
    this.lost.addAll(buckets, errors, count);
  }

  /** The sum of a bucket that there is room for. */
  sum(bucket: number): Sum {
    const total = new SumAccumulator();
    total.addSum(this.rounded.sum(bucket));
    total.addSum(this.lost.sum(bucket));
    return total.sum();
  }
}

/** What multiplying lost by rounding, exactly. */
function productError(a: number, b: number): number {
  const splitA = splitter * a;
  const highA = splitA - (splitA - a);
  const lowA = a - highA;
  const splitB = splitter * b;
  const highB = splitB - (splitB - b);
  const lowB = b - highB;
  return lowA * lowB - (a * b - highA * highB - lowA * highB - highA * lowB);
}
