import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRandom } from '../../shared/random/random.ts';
import { RangeFinder } from './range-finder.ts';

const seed = Date.now() % 1_000_000;

test(`RangeFinder: finds the ranges that hold a value, and no others (seed ${seed})`, () => {
  const random = createRandom(seed);
  const bound = (): number => random.pick([-Infinity, Infinity, random.integer(-5, 5), random.integer(0, 3) / 2]);
  for (let run = 0; run < 2000; run++) {
    const ranges = Array.from({ length: random.integer(0, 6) }, () => ({ from: bound(), to: bound() }));
    const finder = new RangeFinder(ranges);
    for (const value of [-6, -5, -0.5, 0, 0.5, 1, 4.5, 5, 6]) {
      const end = finder.seek(value);
      const found: number[] = [];
      for (let at = finder.first; at < end; at++) if (finder.holds(at, value)) found.push(finder.places[at]!);
      const expected = ranges.flatMap(({ from, to }, place) => (value >= from && value < to ? [place] : []));
      assert.deepEqual(
        found.sort((a, b) => a - b),
        expected,
        JSON.stringify({ ranges, value }),
      );
    }
    const values = Array.from({ length: random.integer(0, 4) }, () => random.integer(-6, 6) / 2);
    const held = new Uint32Array(ranges.length);
    const count = finder.findAny(Float64Array.from(values).sort(), held);
    const expected = ranges.flatMap(({ from, to }, place) =>
      values.some((value) => value >= from && value < to) ? [place] : [],
    );
    assert.deepEqual([...held.subarray(0, count).sort()], expected, JSON.stringify({ ranges, values }));
  }
});

test('RangeFinder: among ranges that lie apart looks at one', () => {
  const finder = new RangeFinder(Array.from({ length: 1000 }, (_, i) => ({ from: i, to: i + 1 })));
  assert.equal(finder.seek(500.5) - finder.first, 1);
});
