import assert from 'node:assert/strict';
import { test } from 'node:test';
import { scoreOf } from './script-score.ts';

const float32Max = (2 - 2 ** -23) * 2 ** 127;

// Each row: what a script is worth, and the score that it makes.
const rows: [value: number, score: number][] = [
  [0, 0],
  [1.5, 1.5],
  [-1, 0],
  [-Infinity, 0],
  [NaN, 0],
  [Infinity, 0],
  [float32Max, float32Max],
  [1e308, float32Max],
];
for (const [value, score] of rows) {
  test(`scoreOf: ${value} is ${score}`, () => assert.equal(scoreOf(value), score));
}
