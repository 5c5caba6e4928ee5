/** Run by deadline.test.ts: one test that is in time, and one whose own thread is not. */
import { test } from 'node:test';
import { keepsDeadline } from './deadline.ts';

test('in time', async (t) => {
  await keepsDeadline(t, 'nothing', 1000, () => undefined);
});

test('busy', async (t) => {
  await keepsDeadline(t, 'held up', 50, () => {
    for (const until = performance.now() + 200; performance.now() < until;);
  });
});
