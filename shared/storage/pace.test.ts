import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Pace } from './pace.ts';

// Each row: when so many bytes are asked for, and when they may go, at 1,000 bytes a second.
const rows: [name: string, asked: [atMs: number, bytes: number][], mayGoMs: number[]][] = [
  ['the first at once', [[5, 1000]], [5]],
  [
    'the next when the first has passed',
    [
      [0, 500],
      [0, 250],
      [0, 1],
    ],
    [0, 500, 750],
  ],
  [
    'idle time is not saved up',
    [
      [0, 100],
      [10_000, 1000],
      [10_000, 1],
    ],
    [0, 10_000, 11_000],
  ],
];

for (const [name, asked, mayGoMs] of rows) {
  test(`Pace: ${name}`, async () => {
    let nowMs = 0;
    let sleptMs = 0;
    const pace = new Pace(1000, { now: () => nowMs, sleep: async (ms) => void (sleptMs = ms) });
    const went: number[] = [];
    for (const [atMs, bytes] of asked) {
      nowMs = atMs;
      sleptMs = 0;
      await pace.admit(bytes);
      went.push(atMs + sleptMs);
    }
    assert.deepEqual(went, mayGoMs);
  });
}
