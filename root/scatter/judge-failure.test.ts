import assert from 'node:assert/strict';
import { test } from 'node:test';
import { errorTable, type ErrorCode } from '../../shared/errors.ts';
import { judgeFailure } from './judge-failure.ts';

// Each row: a code that a leaf may fail with, whose fault it is, whether another replica is asked.
const rows: [code: ErrorCode, fault: string, curable: boolean][] = [
  ['REQUEST_VALUE_INVALID', 'query', false],
  ['AGGREGATION_TOO_MANY_BUCKETS', 'query', false],
  ['QUERY_TOO_MANY_POSTINGS', 'query', false],
  ['INDEX_KIND_WRONG', 'query', false],
  ['PARTIAL_TOO_LARGE', 'query', false],
  ['ROWS_TOO_LARGE', 'query', false],
  ['LEAF_UNREACHABLE', 'leaf', true],
  ['SEGMENT_CORRUPT', 'leaf', true],
  ['INTERNAL', 'leaf', true],
  ['LOG_CORRUPT', 'leaf', true],
  ['DATA_CORRUPT', 'leaf', true],
  ['LEAF_BUSY', 'nobody', true],
  ['NOT_READY', 'nobody', true],
  ['SHARD_NOT_HERE', 'nobody', true],
  ['NOT_CAUGHT_UP', 'nobody', true],
  ['PIN_GONE', 'nobody', true],
  ['PINS_TOO_MANY', 'nobody', true],
  ['LEAF_TIMEOUT', 'nobody', false],
  ['COUNTS_STALE', 'nobody', false],
];
for (const [code, fault, curable] of rows) {
  test(`judgeFailure: ${code}`, () => assert.deepEqual(judgeFailure(code), { fault, curable }));
}

test('judgeFailure: what counts against a leaf is asked elsewhere, as is what the table of errors says so of', () => {
  for (const code of Object.keys(errorTable) as ErrorCode[]) {
    const { fault, curable } = judgeFailure(code);
    if (fault === 'leaf' || errorTable[code].retry === 'elsewhere') assert.ok(curable, code);
    if (fault === 'query') assert.deepEqual([curable, errorTable[code].retry], [false, 'never'], code);
  }
});
