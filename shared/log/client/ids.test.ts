import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nextId } from './ids.ts';

const last = 0xffff_ffff;

// Each row: the id before, those in use, the next: odd ones stay odd and even ones even, within four bytes, and 0 and what is in use
// are passed over.
const rows: [before: number, inUse: number[], next: number][] = [
  [-1, [], 1],
  [0, [], 2],
  [1, [], 3],
  [2, [4, 6], 8],
  [last - 2, [], last],
  [last, [], 1],
  [last, [1, 3], 5],
  [last - 3, [], last - 1],
  [last - 1, [], 2],
];
for (const [before, inUse, next] of rows) {
  test(`nextId: after ${before} comes ${next} where ${inUse.join(' and ') || 'none'} is in use`, () => {
    assert.equal(nextId(before, new Set(inUse)), next);
  });
}
