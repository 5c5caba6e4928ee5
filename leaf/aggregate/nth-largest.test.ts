import assert from 'node:assert/strict';
import { test } from 'node:test';
import { atOnce } from '../schedule/steps.ts';
import { Draw } from '../segment/random-documents.fixture.ts';
import { nthLargest } from './nth-largest.ts';

// Each row: numbers, by the name of how they lie.
const rows: [name: string, numbers: readonly number[]][] = [
  ['one', [7]],
  ['all the same', [3, 3, 3, 3]],
  ['as far as they go', [0, 1, 2 ** 53 - 1, 2 ** 53 - 2, 2 ** 52]],
  ['beside each other', [5, 4, 6, 5, 4, 4, 6]],
];
for (let seed = 1; seed <= 10; seed++) {
  const draw = new Draw(seed);
  const rangeMax = draw.pick([2, 300, 70_000, 2 ** 40, 2 ** 53 - 1]);
  rows.push([`seed ${seed}`, Array.from({ length: 1 + draw.below(400) }, () => draw.below(rangeMax))]);
}
for (const [name, numbers] of rows) {
  test(`nthLargest: as sorting says, at every place: ${name}`, () => {
    const sorted = numbers.toSorted((a, b) => b - a);
    for (const [i, number] of sorted.entries()) {
      const expected = { number, above: sorted.indexOf(number) };
      assert.deepEqual(atOnce(nthLargest(Float64Array.from(numbers), i + 1)), expected);
    }
  });
}

test('nthLargest: in steps', () => {
  const steps = nthLargest(new Float64Array(100_000).fill(1), 50_000);
  let count = 0;
  while (steps.next().done !== true) count++;
  assert.ok(count >= 100_000 / 16_384, `${count} steps`);
});
