import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRandom } from '../../shared/random/random.ts';
import { concatValues, percentile, summarize } from './percentiles.ts';

const oneToTen = Float64Array.from({ length: 10 }, (_, i) => i + 1);
const oneToHundred = Float64Array.from({ length: 100 }, (_, i) => i + 1);

// Each row: the values, the share, the value that is not exceeded by it.
const rows: [name: string, sorted: Float64Array, p: number, expected: number][] = [
  ['one value is every percentile', Float64Array.of(7), 0.01, 7],
  ['the median of an even count is the lower one', oneToTen, 0.5, 5],
  ['just over half takes the next', oneToTen, 0.501, 6],
  ['p90 of ten is the ninth', oneToTen, 0.9, 9],
  ['p99 of ten is the last', oneToTen, 0.99, 10],
  ['p99 of a hundred is the one before the last', oneToHundred, 0.99, 99],
  ['a rank is not moved by an error of rounding', oneToHundred, 0.07, 7],
  ['all of them is the largest', oneToHundred, 1, 100],
];

for (const [name, sorted, p, expected] of rows) {
  test(`percentile: ${name}`, () => assert.equal(percentile(sorted, p), expected));
}

test('percentile: refuses no values, and shares that are none', () => {
  assert.throws(() => percentile(new Float64Array(0), 0.5), RangeError);
  for (const p of [0, -1, 1.01, Number.NaN]) assert.throws(() => percentile(oneToTen, p), RangeError);
});

test('summarize: does not depend on the order and leaves the values as they are', () => {
  const seed = 5;
  const shuffled = Float64Array.from(createRandom(seed).shuffle([...oneToHundred]));
  const before = shuffled.slice();
  assert.deepEqual(
    summarize(shuffled),
    { count: 100, p50: 50, p90: 90, p99: 99, max: 100, mean: 50.5 },
    `seed ${seed}`,
  );
  assert.deepEqual(shuffled, before);
});

test('concatValues: keeps all, in order', () => {
  const parts = [Float64Array.of(3, 1), new Float64Array(0), Float64Array.of(2)];
  assert.deepEqual(concatValues(parts), Float64Array.of(3, 1, 2));
});
