import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRandom } from '../random/random.ts';
import { firstOf } from './first-of.ts';
import { allAtOnce } from './steps.ts';

test('firstOf: as sorting all says, however many, and the items stay as they were', () => {
  for (let seed = 1; seed <= 200; seed++) {
    const random = createRandom(seed);
    const items = random.shuffle(Array.from({ length: random.integer(0, 120) }, (_, i) => i));
    const before = [...items];
    const count = random.pick([1, 2, 3, 10, 30, 200]);
    const compare = (a: number, b: number): number => b - a;
    assert.deepEqual(
      allAtOnce(firstOf(items, count, compare)),
      items.toSorted(compare).slice(0, count),
      `seed ${seed}`,
    );
    assert.deepEqual(items, before, `seed ${seed}`);
  }
});

test('firstOf: a comparison for most where few are asked for', () => {
  const items = createRandom(1).shuffle(Array.from({ length: 10_000 }, (_, i) => i));
  let compared = 0;
  const first = firstOf(items, 10, (a, b) => {
    compared++;
    return a - b;
  });
  assert.deepEqual(allAtOnce(first), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  assert.ok(compared < 2 * items.length, `${compared} comparisons`);
});
