import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CheckpointDue } from './checkpoint-due.ts';

const hour = 3_600_000;

// Each row: what passes before it is asked, the last offset then, entries since the last checkpoint, and whether it is due.
const rows: [passedMs: number, offset: number, sinceCheckpoint: number, isDue: boolean][] = [
  [0, -1, 0, false],
  [hour, -1, 0, false],
  [0, 7, 8, false],
  [hour - 1, 7, 8, false],
  [1, 7, 8, true],
  [0, 8, 0, false],
  [hour - 1, 9, 1, false],
  [hour - 1, 9, 1, false],
  [1, 9, 1, true],
  [0, 1008, 999, false],
  [0, 1009, 1000, true],
];

test('CheckpointDue: after a thousand entries, and after an hour without any', () => {
  let now = 5;
  const due = new CheckpointDue({ now: () => now });
  for (const [i, [passedMs, offset, sinceCheckpoint, isDue]] of rows.entries()) {
    now += passedMs;
    assert.equal(due.isDue({ offset, sinceCheckpoint }), isDue, `row ${i}`);
  }
});
