import assert from 'node:assert/strict';
import { test } from 'node:test';
import { slowSum, slowSumOfProducts } from '../../shared/aggregation/slow-sum.fixture.ts';
import { superaccumulatorBytes } from '../../shared/aggregation/superaccumulator.ts';
import { limits } from '../../shared/limits.ts';
import { createRandom, type Random } from '../../shared/random/random.ts';
import { BucketProducts, BucketSums } from './bucket-sums.ts';
import { batchMax } from './document-batch.ts';
import { bucketsOfBytes, TaskBudget } from './task-budget.ts';

/** Ordinary numbers, and such as have no product or no sum that is a double. */
function anyNumber(random: Random): number {
  const sign = random.chance(0.5) ? 1 : -1;
  const size = random.pick([
    0,
    random.integer(0, 1000),
    random.integer(0, 100_000) / 100,
    random.next(),
    random.next() * 2 ** random.integer(-540, 520),
    (1 + random.next()) * 2 ** random.integer(-1074, 1022),
    Number.MAX_VALUE,
    5e-324,
  ]);
  return sign * size;
}

test('BucketSums, BucketProducts: those of whole numbers, whatever the numbers and the buckets', (t) => {
  const seed = 20_876;
  t.diagnostic(`seed ${seed}`);
  const random = createRandom(seed);
  for (let run = 0; run < 300; run++) {
    const budget = new TaskBudget();
    const [sums, products] = [new BucketSums(budget), new BucketProducts(budget)];
    const bucketCount = random.integer(1, 4);
    const isOrdinary = random.chance(0.5);
    const draw = (): number => (isOrdinary ? random.integer(-5000, 5000) / 100 : anyNumber(random));
    const as: number[][] = Array.from({ length: bucketCount }, () => []);
    const bs: number[][] = Array.from({ length: bucketCount }, () => []);
    // There may be less room at first than at the end.
    for (let room = 1; room <= bucketCount; room++) {
      const count = random.integer(0, 40);
      const buckets = Uint32Array.from({ length: count }, () => random.integer(0, room - 1));
      const [a, b] = [Float64Array.from(buckets, draw), Float64Array.from(buckets, draw)];
      sums.hold(room);
      products.hold(room);
      sums.addAll(buckets, a, count);
      products.addAll(buckets, a, b, count);
      buckets.forEach((bucket, i) => {
        as[bucket]!.push(a[i]!);
        bs[bucket]!.push(b[i]!);
      });
      // To be asked for more than once.
      if (random.chance(0.3)) sums.sum(0);
      if (random.chance(0.3)) products.sum(0);
    }
    for (let bucket = 0; bucket < bucketCount; bucket++) {
      assert.deepEqual(sums.sum(bucket), slowSum(as[bucket]!), `run ${run}`);
      assert.deepEqual(products.sum(bucket), slowSumOfProducts(as[bucket]!, bs[bucket]!), `run ${run}`);
    }
  }
});

test('BucketSums: what two doubles do not hold is counted', () => {
  const budget = new TaskBudget();
  const sums = new BucketSums(budget);
  const perBucket = bucketsOfBytes(superaccumulatorBytes);
  const count = Math.floor(limits.bucketsCollectedMax / perBucket) + 1;
  sums.hold(count);
  const values = Float64Array.of(1, 1e-200, 1e-300);
  const add = (bucket: number): void => sums.addAll(new Uint32Array(values.length).fill(bucket), values, values.length);
  for (let bucket = 0; bucket < count - 1; bucket++) add(bucket);
  assert.throws(() => add(count - 1), { code: 'AGGREGATION_TOO_MANY_BUCKETS' });
});

test('BucketProducts: prices and their squares need no more than two doubles each', () => {
  const budget = new TaskBudget();
  const products = new BucketProducts(budget);
  products.hold(1);
  // None is left of what may be held, so that the first superaccumulator would be refused.
  budget.hold(limits.bucketsCollectedMax - 1);
  const random = createRandom(20_877);
  const prices = Float64Array.from({ length: batchMax }, () => random.integer(100, 100_000) / 100);
  const all: number[] = [];
  for (let batch = 0; batch < 20; batch++) {
    products.addAll(new Uint32Array(batchMax), prices, prices, batchMax);
    all.push(...prices);
  }
  assert.deepEqual(products.sum(0), slowSumOfProducts(all, all));
});
