import assert from 'node:assert/strict';
import { test } from 'node:test';
import { planScale } from './scale-plan.ts';

// Each row: the ordinals that run, how many are wanted, those to start, those to end.
const rows: [running: number[], wanted: number, start: number[], end: number[]][] = [
  [[0, 1], 2, [], []],
  [[0, 1], 4, [2, 3], []],
  [[3, 0, 2, 1], 2, [], [3, 2]],
  [[], 2, [0, 1], []],
  [[1, 0], 0, [], [1, 0]],
  [[0, 2], 2, [1], [2]],
];

for (const [running, wanted, start, end] of rows) {
  test(`planScale: from ${running.join(' ') || 'none'} to ${wanted}`, () => {
    assert.deepEqual(planScale(running, wanted), { start, end });
  });
}
