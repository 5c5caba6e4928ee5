import assert from 'node:assert/strict';
import { test } from 'node:test';
import { averagePrecision, precisionAt } from './average-precision.ts';

const rows: [ranking: string, relevant: string, average: number, atTwo: number][] = [
  ['', 'a', 0, 0],
  ['a', '', 0, 0],
  ['a', 'a', 1, 0.5],
  ['a b', 'a b', 1, 1],
  ['x a', 'a', 1 / 2, 0.5],
  ['x a y b', 'a b', (1 / 2 + 2 / 4) / 2, 0.5],
  ['a', 'a b', 1 / 2, 0.5],
];
for (const [ranking, relevant, average, atTwo] of rows) {
  test(`averagePrecision: [${ranking}] where [${relevant}] is relevant`, () => {
    const list = ranking.split(' ').filter((id) => id !== '');
    const set = new Set(relevant.split(' ').filter((id) => id !== ''));
    assert.equal(averagePrecision(list, set), average);
    assert.equal(precisionAt(list, set, 2), atTwo);
  });
}
