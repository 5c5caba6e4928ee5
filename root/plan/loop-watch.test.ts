import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LoopWatch } from './loop-watch.ts';

const times = (count: number, gapMs: number): number[] => Array.from({ length: count }, () => gapMs);

// Each row: the gaps between ticks, which should be 10 ms; how far behind the thread is after the last.
const rows: [name: string, gapsMs: number[], expected: number][] = [
  ['no tick yet', [], 0],
  ['on time', times(30, 10), 0],
  ['a little late each time', times(30, 13), 3],
  ['late each time', times(8, 30), 20],
  ['late each time, but not for long enough', times(7, 30), 0],
  ['as late as the least of them', [...times(5, 300), 40, ...times(2, 80)], 30],
  ['one long stop', [...times(8, 10), 300], 0],
  ['long stops, and on time in between', [300, 300, 300, 10, 300, 300, 300, 300], 0],
  ['on time once, a while ago', [10, ...times(8, 30)], 20],
];
for (const [name, gapsMs, expected] of rows) {
  test(`loop watch: ${name}`, () => {
    const watch = new LoopWatch(1000);
    let now = 1000;
    for (const gap of gapsMs) watch.tick((now += gap));
    assert.equal(watch.behindMs, expected);
  });
}
