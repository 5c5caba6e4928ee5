import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stoppingTime } from './stopping-time.ts';

// Each row: the time a task was given, what is kept back for the way of its answer.
const rows: [remainingMs: number, kept: number][] = [
  [1000, 5],
  [60, 3],
  [10, 1],
  [2, 0.5],
  [0, 0],
];
for (const [remainingMs, kept] of rows) {
  test(`stoppingTime: of ${remainingMs} ms ${kept} are kept back`, () => {
    assert.equal(stoppingTime(100, remainingMs), 100 + remainingMs - kept);
  });
}
