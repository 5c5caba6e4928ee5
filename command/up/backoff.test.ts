import assert from 'node:assert/strict';
import { test } from 'node:test';
import { restartDelayMs } from './backoff.ts';

// Each row: the delay before, how long the child lived after it, the delay now.
const rows: [name: string, previousMs: number, aliveMs: number, expectedMs: number][] = [
  ['the first death', 0, 3, 100],
  ['the second doubles', 100, 3, 200],
  ['it stays at 5 s', 3200, 3, 5000],
  ['and does not grow', 5000, 9999, 5000],
  ['a long life begins anew', 5000, 10_000, 100],
];

for (const [name, previousMs, aliveMs, expectedMs] of rows) {
  test(`restartDelayMs: ${name}`, () => assert.equal(restartDelayMs(previousMs, aliveMs), expectedMs));
}
