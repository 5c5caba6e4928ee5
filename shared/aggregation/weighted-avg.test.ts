import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mergeAggregations } from './merge.ts';
import { finishAggregations } from './result.ts';
import { slowSum, slowSumOfProducts } from './slow-sum.fixture.ts';
import type { WeightedAvgPartial } from './weighted-avg.ts';
import { wholeAnswer } from './whole-answer.fixture.ts';

const requests = { x: { kind: 'weighted_avg', value: { field: 'v' }, weight: { field: 'w' } } } as const;

function partialOf(values: readonly number[], weights: readonly number[]): WeightedAvgPartial {
  return { kind: 'weighted_avg', products: slowSumOfProducts(values, weights), weights: slowSum(weights) };
}

// Each row: values, their weights, the mean.
const rows: [values: number[], weights: number[], mean: number | null][] = [
  [[], [], null],
  [[1, 2, 3], [3, 2, 1], 10 / 6],
  [[5, 7], [0, 0], null],
  [[5, 7], [1, -1], null],
  [[1e200, 1e200], [1e200, 1e200], 1e200],
  [[1e-200, 3e-200], [1e-200, 1e-200], 2e-200],
  [[0.1, 0.1, 0.1], [0.3, 0.3, 0.3], 0.1],
  [[1, 2], [0.1, -0.1 + 2 ** -56], 1 - (0.1 - 2 ** -56) * 2 ** 56],
];
for (const [values, weights, mean] of rows) {
  test(`weighted_avg: of ${values.join(' ')} by ${weights.join(' ')}`, () => {
    const parts = values.map((value, i) => ({ x: partialOf([value], [weights[i]!]) }));
    const merged = mergeAggregations(requests, parts);
    assert.deepEqual(merged['x'], partialOf(values, weights));
    const { value } = finishAggregations(requests, merged, wholeAnswer)['x'] as { value: number | null };
    assert.ok(
      mean === null ? value === null : Math.abs(value! - mean) <= 2 * Number.EPSILON * Math.abs(mean),
      String(value),
    );
  });
}
