/** What is too much is refused where the limit is reached: not when all of it was analysed. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { limits } from '../../shared/limits.ts';
import { parseSearchBody } from './parse-search-body.ts';
import { testSchema } from './test-schema.ts';

const words = Array.from({ length: 150_000 }, (_, i) => `w${i.toString(36)}`).join(' ');
const tooMany = { limit: limits.queryClausesMax, actual: limits.queryClausesMax + 1 };

// Each row: a query of a megabyte, its refusal, what it says. That it was not read to its end shows in `actual`, or the code.
const rows: [name: string, query: object, code: string, detail: object][] = [
  ['distinct words', { match: { title: words } }, 'QUERY_TOO_MANY_CLAUSES', tooMany],
  ['ORs', { query_string: { query: `${'a OR '.repeat(200_000)}a` } }, 'QUERY_TOO_MANY_CLAUSES', tooMany],
  ['ORs of phrases', { query_string: { query: `${'"a" OR '.repeat(100_000)}a` } }, 'QUERY_TOO_MANY_CLAUSES', tooMany],
  ['the same word', { match: { title: 'é '.repeat(340_000) } }, 'QUERY_TEXT_TOO_LONG', { actual: 680_000 }],
  ['no words', { match: { title: '…'.repeat(340_000) } }, 'QUERY_TEXT_TOO_LONG', { actual: 340_000 }],
  ['one word', { query_string: { query: 'a'.repeat(1_000_000) } }, 'QUERY_TEXT_TOO_LONG', { actual: 1_000_000 }],
  ['one phrase', { query_string: { query: `"${'a'.repeat(999_999)}` } }, 'QUERY_TEXT_TOO_LONG', { actual: 1_000_000 }],
];
for (const [name, query, code, detail] of rows) {
  test(`parseSearchBody: a megabyte of ${name} is not read to its end`, () => {
    assert.throws(
      () => parseSearchBody({ query }, testSchema, { timeoutMsMax: 1000 }),
      (error: { code?: string; detail?: object }) => {
        assert.equal(error.code, code);
        for (const [key, value] of Object.entries(detail)) assert.equal(Reflect.get(error.detail!, key), value, key);
        return true;
      },
    );
  });
}
