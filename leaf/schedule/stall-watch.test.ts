import assert from 'node:assert/strict';
import { test } from 'node:test';
import { StallWatch } from './stall-watch.ts';

// Each row: when ticks came, when something is read, since when it may have been waiting. A tick is due every 50 ms.
const rows: [name: string, ticks: number[], readAt: number, expected: number][] = [
  ['between two ticks', [50, 100], 130, 130],
  ['a tick a little late', [50, 149], 150, 150],
  ['a tick is missing: stopped since the last', [50, 100], 600, 100],
  ['just after the late tick', [50, 100, 600], 601, 100],
  ['the rest of the backlog', [50, 100, 600], 640, 100],
  ['what comes after the backlog', [50, 100, 600, 650], 651, 651],
  ['stopped again', [50, 100, 600, 650], 900, 650],
];
for (const [name, ticks, readAt, expected] of rows) {
  test(`StallWatch: ${name}`, () => {
    const watch = new StallWatch(0, { tickMs: 50, toleranceMs: 50, backlogMs: 50 });
    for (const at of ticks) watch.tick(at);
    assert.equal(watch.cameAfter(readAt), expected);
  });
}
