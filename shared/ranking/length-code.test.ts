import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lengthCode, lengthOfCode } from './length-code.ts';

// Each row: a length, its code, what the code stands for.
const rows: [length: number, code: number, decoded: number][] = [
  [0, 0, 0],
  [1, 1, 1],
  [23, 23, 23],
  [24, 24, 24],
  [39, 39, 39],
  [40, 40, 40],
  [41, 40, 40],
  [42, 41, 42],
  [100, 57, 96],
  [1000, 87, 984],
  [2 ** 31 - 1, 255, 2013265944],
];
for (const [length, code, decoded] of rows) {
  test(`lengthCode: ${length}`, () => assert.deepEqual([lengthCode(length), lengthOfCode[code]], [code, decoded]));
}

test('lengthCode: every code is that of the least length it stands for, and codes ascend with lengths', () => {
  for (let code = 0; code < 256; code++) {
    assert.equal(lengthCode(lengthOfCode[code]!), code);
    if (code > 0) assert.equal(lengthCode(lengthOfCode[code]! - 1), code - 1);
  }
});
