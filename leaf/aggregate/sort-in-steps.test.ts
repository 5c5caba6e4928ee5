import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Draw } from '../segment/random-documents.fixture.ts';
import { sortedPerStep, sortInSteps } from './sort-in-steps.ts';

for (const length of [0, 1, 2, sortedPerStep - 1, sortedPerStep, sortedPerStep + 1, 3 * sortedPerStep, 10_000]) {
  test(`sortInSteps: ${length} numbers, no more than a run at a time, equal ones in their order`, () => {
    const draw = new Draw(length);
    const ranks = Array.from({ length }, () => draw.below(100));
    const items = Uint32Array.from(ranks, (_, i) => i);
    let compared = 0;
    const steps = sortInSteps(items, (a, b) => {
      compared++;
      return ranks[a]! - ranks[b]!;
    });
    for (const work of steps) {
      // A run is sorted by some n log2 n comparisons.
      assert.ok(work <= sortedPerStep && compared <= 10 * sortedPerStep, `${work}, ${compared}`);
      compared = 0;
    }
    assert.deepEqual(
      [...items],
      ranks.map((_, i) => i).sort((a, b) => ranks[a]! - ranks[b]!),
    );
  });
}
