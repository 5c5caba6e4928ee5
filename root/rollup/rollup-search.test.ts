import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TermsRequest } from '../../shared/aggregation/terms.ts';
import { visibleFields, type RollupSchema } from '../../shared/rollup/rollup-schema.ts';
import { parseSearchBody } from '../query/parse-search-body.ts';
import { rollupSearch } from './rollup-search.ts';

const rollup: RollupSchema = { dimensions: { page: { kind: 'keyword' } }, metrics: { n: { keep: ['sum'] } } };
const schema = { dynamic: 'strict', fields: visibleFields(rollup) } as const;

// Each row: the order of a list that is to be exact, what leaves are asked for.
const rows: [order: object, accuracy: string][] = [
  [{ _count: 'desc' }, 'exact'],
  [{ _key: 'asc' }, 'exact'],
  // Which are listed follows from sums that are made of two parts each, at the very end.
  [{ s: 'desc' }, 'fast'],
  [[{ _count: 'desc' }, { s: 'desc' }], 'fast'],
];
for (const [order, accuracy] of rows) {
  test(`rollupSearch: terms by ${JSON.stringify(order)} are asked for ${accuracy}`, () => {
    const t = { terms: { field: 'page', order, accuracy: 'exact' }, aggs: { s: { sum: { field: 'n' } } } };
    const request = parseSearchBody({ size: 0, aggs: { t } }, schema, { timeoutMsMax: 1000 });
    const { aggregations } = rollupSearch(rollup, request);
    assert.equal((aggregations['t'] as TermsRequest).accuracy, accuracy);
  });
}
