import assert from 'node:assert/strict';
import { test } from 'node:test';
import { VirtualTime } from './virtual-time.ts';

test('VirtualTime: events happen in their order, at their time, and those of one time as they were scheduled', async () => {
  const time = new VirtualTime();
  const seen: string[] = [];
  const at = (when: number, name: string): unknown => time.at(when, () => seen.push(`${name} ${time.now()}`));
  at(5, 'c');
  at(1, 'a');
  at(5, 'd');
  at(2, 'b');
  time.at(3, () => seen.push('cancelled')).cancel();
  await time.runUntil(10);
  assert.deepEqual([...seen, time.now()], ['a 1', 'b 2', 'c 5', 'd 5', 10]);
});

test('VirtualTime: time that does not pass is a fault, and many events at one moment are none', async () => {
  const time = new VirtualTime();
  for (let moment = 1; moment <= 3; moment++) {
    for (let i = 0; i < 8000; i++) time.at(moment, () => undefined);
  }
  await time.runUntil(5);
  const again = (): void => void time.after(0, again);
  again();
  await assert.rejects(time.runUntil(10), /time does not pass/);
});
