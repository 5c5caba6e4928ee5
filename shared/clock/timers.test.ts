import assert from 'node:assert/strict';
import { test } from 'node:test';
import { systemClock } from './clock.ts';
import { systemTimers } from './timers.ts';

test('system timers: fire in order, never early, and not once cancelled', async () => {
  const timers = systemTimers(systemClock);
  const start = systemClock.now();
  const fired: string[] = [];
  const { promise, resolve } = Promise.withResolvers<void>();
  const at = (ms: number, name: string): { cancel: () => void } =>
    timers.at(start + ms, () => {
      assert.ok(systemClock.now() >= start + ms, `${name} came early`);
      fired.push(name);
      if (name === 'last') resolve();
    });
  at(30, 'last');
  at(12.5, 'second');
  at(-5, 'first');
  const cancelled = at(20, 'cancelled');
  at(13, 'third');
  cancelled.cancel();
  assert.deepEqual(fired, [], 'not before this returns');
  await promise;
  assert.deepEqual(fired, ['first', 'second', 'third', 'last']);
});
