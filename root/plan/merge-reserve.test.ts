import assert from 'node:assert/strict';
import { test } from 'node:test';
import { planDeadlines } from './deadline.ts';
import { MergeReserve } from './merge-reserve.ts';

const same = (count: number, value: number): number[] => Array.from({ length: count }, () => value);

// Each row: what merges took, the timeout, the reserve (within the 5 % of the buckets).
const rows: [name: string, merges: number[], timeoutMs: number, expected: number][] = [
  ['nothing known: 5 % of the timeout', [], 1000, 50],
  ['nothing known: at least 2 ms', [], 10, 2],
  ['known: twice the slowest hundredth', [...same(97, 1), ...same(3, 20)], 1000, 40],
  ['known: fast merges leave the time to the leaves', same(100, 0.2), 1000, 2],
];
for (const [name, merges, timeoutMs, expected] of rows) {
  test(`merge reserve: ${name}`, () => {
    const reserve = new MergeReserve();
    for (const merge of merges) reserve.record(merge, 0);
    const reserveMs = reserve.reserveMs(timeoutMs, 1);
    assert.ok(reserveMs >= expected && reserveMs <= expected * 1.05, `${reserveMs}`);
  });
}

// Each row: the timeout, the reserve, how long leaves are waited for.
const deadlines: [timeoutMs: number, reserveMs: number, scatterMs: number][] = [
  [1000, 50, 950],
  [3, 2, 1.5],
];
for (const [timeoutMs, reserveMs, scatterMs] of deadlines) {
  test(`planDeadlines: ${reserveMs} of ${timeoutMs} ms kept back`, () => {
    const { answerBy, scatterBy } = planDeadlines(100, timeoutMs, reserveMs);
    assert.deepEqual([answerBy - 100, scatterBy - 100], [timeoutMs, scatterMs]);
  });
}
