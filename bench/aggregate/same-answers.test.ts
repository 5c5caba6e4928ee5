import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AnswerRow } from './classes.ts';
import { differenceOf } from './same-answers.ts';

// Each row: what is expected, what came, the tolerance, whether both are the same.
const rows: [expected: AnswerRow[], actual: AnswerRow[], tolerance: number | undefined, same: boolean][] = [
  [[], [], undefined, true],
  [[['a', 1]], [], undefined, false],
  [[['a', 1]], [['a', 2]], undefined, false],
  [[['a', 1]], [['b', 1]], undefined, false],
  [[['a', 1]], [['a', 1, 2]], undefined, false],
  [
    [
      ['a', 1],
      ['b', 2],
    ],
    [
      ['b', 2],
      ['a', 1],
    ],
    undefined,
    true,
  ],
  [[[10, 0.1 + 0.2]], [[10, 0.3]], undefined, true],
  [[['a', null]], [['a', null]], undefined, true],
  [[['a', null]], [['a', 0]], undefined, false],
  [[[100]], [[104]], 0.05, true],
  [[[100]], [[106]], 0.05, false],
];
for (const [expected, actual, tolerance, same] of rows) {
  test(`differenceOf: ${JSON.stringify(expected)} and ${JSON.stringify(actual)}`, () => {
    assert.equal(differenceOf(expected, actual, tolerance) === null, same);
  });
}
