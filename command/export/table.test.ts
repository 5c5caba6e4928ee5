import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RollupSchema } from '../../shared/rollup/rollup-schema.ts';
import { columnsOf } from './table.ts';

// Each row: dimensions and metrics of a roll-up, all of keywords and of sums; the names of the columns.
const rows: [name: string, dimensions: string[], metrics: string[], expected: string][] = [
  ['no two alike', ['page', 'day'], ['n'], 'page day n_sum increments'],
  ['a dimension that is called as the count is', ['increments'], ['n'], 'increments n_sum increments_2'],
  ['a dimension that is called as a sum is', ['n_sum'], ['n'], 'n_sum n_sum_2 increments'],
  ['two that only letter case tells apart', ['a', 'A'], [], 'a A_2 increments'],
  ['one that is called as the second of another', ['a_2', 'a', 'A'], [], 'a_2 a A_3 increments'],
];
for (const [name, dimensions, metrics, expected] of rows) {
  test(`columnsOf: ${name}`, () => {
    const schema: RollupSchema = {
      dimensions: Object.fromEntries(dimensions.map((each) => [each, { kind: 'keyword' }])),
      metrics: Object.fromEntries(metrics.map((each) => [each, { keep: ['sum'] }])),
    };
    assert.equal(
      columnsOf(schema)
        .map((column) => column.name)
        .join(' '),
      expected,
    );
  });
}
