import assert from 'node:assert/strict';
import { test } from 'node:test';
import { verdictOf, type Lateness, type Verdict } from './verdict.ts';

const late = (lateMsMax: number, lateMs: number, waitedMs = 1000): Lateness => ({ lateMsMax, lateMs, waitedMs });

// Each row: what it took, what it may take, the bare timer meanwhile, the verdict.
const rows: [name: string, tookMs: number, limitMs: number, lateness: Lateness, expected: Verdict][] = [
  ['in time', 100, 100, late(0, 0), 'kept'],
  ['in time on a slow machine', 99, 100, late(500, 900), 'kept'],
  ['late', 101, 100, late(1, 50), 'missed'],
  ['late beside a timer that was nearly so', 101, 100, late(25, 250), 'missed'],
  ['late beside a timer that was late at once', 101, 100, late(26, 26), 'too slow to tell'],
  ['late beside a timer that was always late', 101, 100, late(15, 251), 'too slow to tell'],
  ['much later than the timer ever was', 60_000, 100, late(26, 26, 60_000), 'missed'],
  ['later than the timer, in several turns', 200, 100, late(26, 26), 'too slow to tell'],
  ['late before the timer waited once', 101, 100, late(0, 0, 0), 'missed'],
];

for (const [name, tookMs, limitMs, lateness, expected] of rows) {
  test(`verdictOf: ${name}`, () => assert.equal(verdictOf(tookMs, limitMs, lateness), expected));
}
