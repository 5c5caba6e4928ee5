import assert from 'node:assert/strict';
import { test } from 'node:test';
import { steadyDay } from './steady-day.ts';

test('steadyDay: goes on by the monotonic clock from the time of day at its start, whatever becomes of that', () => {
  let [day, now] = [1_000_000, 50];
  const time = steadyDay(() => day, { now: () => now });
  assert.equal(time(), 1_000_000);
  day += 365 * 86_400_000;
  now += 20.4;
  assert.equal(time(), 1_000_020);
  day = 0;
  now += 100;
  assert.equal(time(), 1_000_120);
});
