import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LoopWatch } from './loop-watch.ts';

// Each row: the gaps between ticks, which should be 10 ms; whether lateness stands after the last.
const rows: [name: string, gapsMs: number[], expected: boolean][] = [
  ['no tick yet', [], false],
  ['on time', Array(20).fill(10), false],
  ['a little late each time', Array(20).fill(14), false],
  ['late each time, for an interval', Array(5).fill(20), true],
  ['late each time, not for an interval yet', Array(4).fill(20), false],
  ['one long stop', [300], true],
  ['one long stop, and all is well', [300, 10], false],
  ['on time once in between', [20, 20, 20, 10, 20, 20], false],
  ['late again for an interval', [20, 10, 50, 50], true],
];
for (const [name, gapsMs, expected] of rows) {
  test(`loop watch: ${name}`, () => {
    const watch = new LoopWatch(1000);
    let now = 1000;
    for (const gap of gapsMs) watch.tick((now += gap));
    assert.equal(watch.isStanding(now), expected);
  });
}
