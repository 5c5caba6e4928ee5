import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRandom } from '../../shared/random/random.ts';
import { HedgeDelays } from './hedge-delay.ts';

// Each row: times recorded, milliseconds left, the delay (within the 5 % of the buckets).
const rows: [name: string, times: number[], leftMs: number, expected: number][] = [
  ['nothing known, much time', [], 1000, 50],
  ['nothing known, little time', [], 100, 25],
  ['nothing known, no time', [], 0, 1],
  ['too few to know', Array.from({ length: 99 }, () => 3), 1000, 50],
  ['the 98th percentile', Array.from({ length: 100 }, (_, i) => i + 1), 1000, 98],
  ['no later than a hedge can help', Array.from({ length: 100 }, () => 90), 100, 40],
  ['never below 1 ms', Array.from({ length: 100 }, () => 0.2), 1000, 1],
];
for (const [name, times, leftMs, expected] of rows) {
  test(`hedge delay: ${name}`, () => {
    const delays = new HedgeDelays();
    for (const time of times) delays.record('c', time, 0);
    const delay = delays.delayMs('c', leftMs, 1);
    assert.ok(delay >= expected && delay <= expected * 1.05, `${delay}`);
  });
}

test('hedge delay: classes do not mix', () => {
  const delays = new HedgeDelays();
  for (let i = 0; i < 100; i++) {
    delays.record('fast', 2, 0);
    delays.record('slow', 200, 0);
  }
  assert.ok(delays.delayMs('fast', 1000, 1) < 3);
  assert.ok(delays.delayMs('slow', 1000, 1) >= 200);
});

test('hedge delay: tasks given up when late do not make it sink', (t) => {
  const seed = 5;
  t.diagnostic(`seed ${seed}`);
  const random = createRandom(seed);
  const delays = new HedgeDelays();
  let late = 0;
  const tasks = 20_000;
  for (let i = 0; i < tasks; i++) {
    const tookMs = -10 * Math.log(1 - random.next());
    const delay = delays.delayMs('c', 1000, i);
    if (tookMs > delay) late++;
    // The hedge answers half a millisecond after it was sent; the first attempt is given up.
    delays.record('c', Math.min(tookMs, delay + 0.5), i);
  }
  assert.ok(late / tasks > 0.01 && late / tasks < 0.025, `${(100 * late) / tasks} % late`);
});

test('hedge delay: of a thousand classes the one that was known first is forgotten for another', () => {
  const delays = new HedgeDelays();
  const learn = (name: string): void => {
    for (let i = 0; i < 100; i++) delays.record(name, 2, 0);
  };
  const isKnown = (name: string): boolean => delays.delayMs(name, 1000, 1) < 50;
  for (let n = 0; n < 1000; n++) learn(`c${n}`);
  assert.deepEqual(['c0', 'c1', 'c999'].map(isKnown), [true, true, true]);
  learn('c1000');
  assert.deepEqual(['c0', 'c1', 'c999', 'c1000'].map(isKnown), [false, true, true, true]);
});
