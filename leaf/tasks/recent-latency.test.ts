import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RecentLatency } from './recent-latency.ts';

const fill = (count: number, tookMs: number): [number, number][] => Array.from({ length: count }, () => [tookMs, 0]);

// Each row: what tasks took and when they ended, when it is asked, the median.
const rows: [name: string, tasks: [tookMs: number, at: number][], askedAt: number, expected: number | undefined][] = [
  ['nothing is known at first', [], 0, undefined],
  [
    'one heavy task does not count',
    [
      [1, 0],
      [90, 0],
      [2, 0],
    ],
    0,
    2,
  ],
  [
    'what is old is forgotten',
    [
      [9, 0],
      [9, 0],
      [1, 4000],
    ],
    5001,
    1,
  ],
  ['and so nothing may be known', [[9, 0]], 5001, undefined],
  ['only the last 32 count', [...fill(40, 9), ...fill(32, 1)], 0, 1],
];
for (const [name, tasks, askedAt, expected] of rows) {
  test(`RecentLatency: ${name}`, () => {
    const latency = new RecentLatency();
    for (const [tookMs, at] of tasks) latency.record(tookMs, at);
    assert.equal(latency.median(askedAt), expected);
  });
}
