import assert from 'node:assert/strict';
import { test } from 'node:test';
import { selfTimes } from './profile.ts';

test('selfTimes: adds the time of each function within the window, idle excepted', () => {
  const frame = (functionName: string, url = '', lineNumber = -1) => ({ functionName, url, lineNumber });
  const profile = {
    nodes: [
      { id: 1, callFrame: frame('(idle)') },
      { id: 2, callFrame: frame('work', 'file:///x/work.ts', 9) },
      // The same function called from elsewhere is another node.
      { id: 3, callFrame: frame('work', 'file:///x/work.ts', 9) },
      { id: 4, callFrame: frame('', 'node:net', 0) },
    ],
    startTime: 50_000,
    // The samples are taken at 51, 60, 61, 63, 63.5 and 67.5 ms, and one more at 70.
    samples: [2, 1, 2, 3, 4, 2, 2],
    timeDeltas: [1000, 9000, 1000, 2000, 500, 4000, 2500],
  };
  assert.deepEqual(
    selfTimes(profile, { fromUs: 52_000, untilUs: 68_000 }),
    new Map([
      ['work /x/work.ts:10', 7],
      ['(anonymous) node:net:1', 0.5],
    ]),
  );
});
