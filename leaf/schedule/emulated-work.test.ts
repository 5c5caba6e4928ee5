import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EmulatedWork } from './emulated-work.ts';

// Each row: when jobs start, and when after the last start the leaf is asked; whether it is occupied, and the wakes asked for.
const rows: [name: string, starts: number[], askedAt: number, occupied: boolean, wakes: number[]][] = [
  ['is free at first', [], 0, false, []],
  ['is occupied for the time of a task', [0], 4, true, [1]],
  ['is free when that is over', [0], 5, false, []],
  ['counts a job that starts a little late from when it could have started', [0, 6], 9, true, [1]],
  ['counts a job that found nothing before it from its start', [0, 8], 12, true, [1]],
];
for (const [name, starts, askedAt, occupied, expected] of rows) {
  test(`EmulatedWork: ${name}`, () => {
    const wakes: number[] = [];
    const work = new EmulatedWork({ taskMs: 5, after: (delayMs) => wakes.push(delayMs), wake: () => undefined });
    for (const at of starts) work.occupy(at);
    assert.deepEqual([work.isOccupied(askedAt), work.isOccupied(askedAt)], [occupied, occupied]);
    assert.deepEqual(wakes, expected);
  });
}

test('EmulatedWork: a timer that comes too early is asked for again', () => {
  const timers: (() => void)[] = [];
  let wakes = 0;
  const work = new EmulatedWork({ taskMs: 5, after: (_delayMs, action) => timers.push(action), wake: () => wakes++ });
  work.occupy(0);
  assert.equal(work.isOccupied(1), true);
  timers[0]!();
  assert.deepEqual([work.isOccupied(4.9), timers.length, wakes], [true, 2, 1]);
});
