import assert from 'node:assert/strict';
import { test } from 'node:test';
import { selfTimes } from './profile.ts';

test('selfTimes: adds the time of each function, idle excepted', () => {
  const frame = (functionName: string, url = '', lineNumber = -1) => ({ functionName, url, lineNumber });
  const profile = {
    nodes: [
      { id: 1, callFrame: frame('(idle)') },
      { id: 2, callFrame: frame('work', 'file:///x/work.ts', 9) },
      // The same function called from elsewhere is another node.
      { id: 3, callFrame: frame('work', 'file:///x/work.ts', 9) },
      { id: 4, callFrame: frame('', 'node:net', 0) },
    ],
    samples: [1, 2, 3, 4, 2],
    timeDeltas: [9000, 1000, 2000, 500, 4000],
  };
  assert.deepEqual(
    selfTimes(profile),
    new Map([
      ['work /x/work.ts:10', 7],
      ['(anonymous) node:net:1', 0.5],
    ]),
  );
});
