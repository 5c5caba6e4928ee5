import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRandom } from '../../shared/random/random.ts';
import { medianInterval } from './median-interval.ts';

const upTo = (count: number): number[] => Array.from({ length: count }, (_, i) => i + 1);

// Each row: how many values (1, 2, …), the median, the interval at 95 %; ranks as in Conover's table A3.
const rows: [count: number, median: number, low: number, high: number][] = [
  [1, 1, -Infinity, Infinity],
  [5, 3, -Infinity, Infinity],
  [6, 3.5, 1, 6],
  [9, 5, 2, 8],
  [20, 10.5, 6, 15],
  [25, 13, 8, 18],
  [40, 20.5, 14, 27],
];
for (const [count, median, low, high] of rows) {
  test(`medianInterval: of ${count} values`, () => {
    assert.deepEqual(medianInterval(upTo(count)), { median, low, high });
    assert.deepEqual(medianInterval(upTo(count).reverse()), { median, low, high });
  });
}

test('medianInterval: holds the median of what was sampled from about as often as it says', () => {
  const random = createRandom(7);
  let held = 0;
  for (let sample = 0; sample < 2000; sample++) {
    const { low, high } = medianInterval(Array.from({ length: 20 }, () => random.next() ** 3));
    if (low <= 0.125 && 0.125 <= high) held++;
  }
  assert.ok(held >= 1880 && held <= 1960, `${held} of 2000`);
});
