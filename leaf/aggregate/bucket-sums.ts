/** Exact sums of values and of products, one in each bucket. */
import { binaryOf, product, type Binary } from '../../shared/aggregation/binary.ts';
import { roundingError, sumOfBinary, sumOfTwo, SumAccumulator, type Sum } from '../../shared/aggregation/sum.ts';
import { Superaccumulator, superaccumulatorBytes } from '../../shared/aggregation/superaccumulator.ts';
import { batchMax } from './document-batch.ts';
import { bucketsOfBytes, type TaskBudget } from './task-budget.ts';

/**
 * Sums of values, as SumAccumulator has them: all buckets side by side, and a superaccumulator only for those whose sums two
 * doubles did not hold. Cost: two additions of doubles and what they lost, some 2 ns a value.
 */
export class BucketSums {
  private readonly budget: TaskBudget;
  /** Of each bucket the running sum, and what it lacks. */
  private state: Float64Array = new Float64Array(0);
  /** By bucket; none where two doubles say all. */
  private readonly exact: (Superaccumulator | undefined)[] = [];

  constructor(budget: TaskBudget) {
    this.budget = budget;
  }

  /** Makes room. @param count of buckets that there are */
  hold(count: number): void {
    if (2 * count <= this.state.length) return;
    const longer = new Float64Array(Math.max(2 * count, 2 * this.state.length));
    longer.set(this.state);
    this.state = longer;
  }

  /** Adds values to their buckets, for which there is room. @param count of them, from the front of both lists */
  addAll(buckets: Uint32Array, values: Float64Array, count: number): void {
    const { state } = this;
    for (let i = 0; i < count; i++) {
      const at = 2 * buckets[i]!;
      const value = values[i]!;
      const before = state[at]!;
      const lostBefore = state[at + 1]!;
      const error = roundingError(before, value);
      // Not 0 either where it is no number, beyond the largest double.
      if (roundingError(lostBefore, error) !== 0) {
        this.exactOf(buckets[i]!).add(value);
        continue;
      }
      state[at] = before + value;
      state[at + 1] = lostBefore + error;
    }
  }

  /** Adds values none of whose sums is rounded: whole numbers whose sums are safe integers, in any order. */
  addWhole(buckets: Uint32Array, values: Float64Array, count: number): void {
    const { state } = this;
    for (let i = 0; i < count; i++) state[2 * buckets[i]!]! += values[i]!;
  }

  /** Adds a sum of such values. */
  addWholeSum(bucket: number, sum: number): void {
    this.state[2 * bucket]! += sum;
  }

  /** Adds a number that is no double. */
  addBinary(bucket: number, value: Binary): void {
    this.exactOf(bucket).addBinary(value);
  }

  /** The sum of a bucket that there is room for. */
  sum(bucket: number): Sum {
    if (this.exact[bucket] === undefined) {
      const sum = sumOfTwo(this.state[2 * bucket]!, this.state[2 * bucket + 1]!);
      if (sum !== null) return sum;
    }
    return sumOfBinary(this.exactOf(bucket).sum());
  }

  /** The superaccumulator of a bucket, with all that was added before. */
  private exactOf(bucket: number): Superaccumulator {
    const { state } = this;
    const exact = this.exact[bucket] ?? this.makeExact(bucket);
    exact.add(state[2 * bucket]!);
    exact.add(state[2 * bucket + 1]!);
    state[2 * bucket] = 0;
    state[2 * bucket + 1] = 0;
    return exact;
  }

  private makeExact(bucket: number): Superaccumulator {
    this.budget.hold(bucketsOfBytes(superaccumulatorBytes));
    while (this.exact.length < bucket) this.exact.push(undefined);
    return (this.exact[bucket] = new Superaccumulator());
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
