import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRandom, type Random } from '../random/random.ts';
import { estimateFound } from './estimate.ts';

const z95 = 1.959963984540054;

// Each row: found, answered, missing, shown from; whether there is an estimate.
const rare: [name: string, found: number, answered: number, missing: number, shownFrom: number, isTold: boolean][] = [
  ['enough', 30, 1000, 1000, 0, true],
  ['too few found', 29, 1000, 1000, 0, false],
  ['fewer than are shown', 30, 1000, 1000, 31, false],
  ['too few to be expected', 74, 15_000, 1000, 0, false],
  ['just as many', 75, 15_000, 1000, 0, true],
  ['too few that do not match', 971, 1000, 1000, 0, false],
  ['just as many', 970, 1000, 1000, 0, true],
  ['nothing is missing', 500, 1000, 0, 0, false],
  ['nothing answered', 0, 0, 1000, 0, false],
];
for (const [name, found, answered, missing, shownFrom, isTold] of rare) {
  test(`estimateFound: ${name}`, () => {
    const told = estimateFound(found, { answered, missing, shownFrom });
    assert.equal(told !== null, isTold);
    if (told === null) return;
    assert.ok(told.min <= told.value && told.value <= told.max);
    assert.ok(told.min >= found && told.max <= found + missing);
  });
}

test('estimateFound: far from where nothing is shown it is the interval of the normal approximation', () => {
  const { value, min, max } = estimateFound(5000, { answered: 50_000, missing: 50_000, shownFrom: 0 })!;
  const deviation = 2 * Math.sqrt(10_000 * 0.25 * 0.9);
  assert.equal(value, 10_000);
  assert.ok(Math.abs(max - min - 2 * z95 * deviation) < 3, `${min} to ${max}`);
});

/** How many of `count` are among the `answered` of all. */
function draw(random: Random, count: number, answered: number, all: number): number {
  let [found, left] = [0, answered];
  for (let i = 0; i < count; i++) {
    if (random.next() * (all - i) >= left) continue;
    found++;
    left--;
  }
  return found;
}

// Each row: of how many among how many documents, how many answered, the least that is shown.
const populations: [count: number, all: number, answered: number, shownFrom: number][] = [
  [200, 10_000, 5000, 0],
  [200, 10_000, 5000, 105],
  [200, 10_000, 5000, 115],
  [60, 1000, 500, 0],
  [120, 1600, 1500, 0],
  [2000, 10_000, 1000, 215],
  [900, 1000, 500, 0],
];
test('estimateFound: of what is shown, 95 of 100 are within, however it was chosen by its size', (t) => {
  const seed = 9301;
  t.diagnostic(`seed ${seed}`);
  const random = createRandom(seed);
  for (const [count, all, answered, shownFrom] of populations) {
    let [told, covered] = [0, 0];
    for (let trial = 0; trial < 4000; trial++) {
      const found = draw(random, count, answered, all);
      const estimate = estimateFound(found, { answered, missing: all - answered, shownFrom });
      if (estimate === null) continue;
      told++;
      if (estimate.min <= count && count <= estimate.max) covered++;
    }
    const share = covered / told;
    const row = `${count} of ${all}, ${answered} answered, from ${shownFrom}: ${covered} of ${told}`;
    t.diagnostic(row);
    // Just above what is shown a single number has more than the tail below it, so that nothing falls there.
    assert.ok(told > 50 && share > 0.93 && share < (shownFrom === 0 ? 0.98 : 0.99), row);
  }
});
