/** What would take the thread for long is refused before it is parsed: that the rest is no JSON, or has a fault of its own, is not seen. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { asSheafError } from '../../shared/errors.ts';
import { limits } from '../../shared/limits.ts';
import { readJson } from './json-body.ts';

function codeOf(text: string): string | null {
  try {
    readJson(Buffer.from(text));
    return null;
  } catch (error) {
    return asSheafError(error).code;
  }
}

const clauses = Array.from({ length: limits.queryClausesMax }, (_, i) => {
  return `{"bool":{"must":[{"match":{"title":{"query":"w${i}","boost":2,"operator":"and"}}}]}}`;
});
const fields = Array.from(
  { length: limits.fieldsMax },
  (_, i) => `"f${i}":{"kind":"text","analyzer":"english","sort":true}`,
);
const terms = Array.from({ length: limits.queryValuesMax }, (_, i) => `"${i}"`);
const unknown = Array.from({ length: 75_000 }, (_, i) => `"k${i}":1`);

// Each row: a body, the code it is refused with.
const rows: [name: string, text: string, code: string | null][] = [
  ['500,000 nested arrays', `{"query":${'['.repeat(500_000)}`, 'BODY_TOO_DEEP'],
  ['150,000 nested objects', `{"query":${'{"a":'.repeat(150_000)}`, 'BODY_TOO_DEEP'],
  ['75,000 unknown fields', `{${unknown.join(',')}`, 'BODY_TOO_MANY_PARTS'],
  [
    '100,000 objects, and a name that stands twice',
    `[${'{"a":1},'.repeat(100_000)}{"b":1,"b":2}]`,
    'BODY_TOO_MANY_PARTS',
  ],
  ['70,000 sort keys', `{"sort":[${'{"u":"asc"},'.repeat(70_000)}`, 'BODY_TOO_MANY_PARTS'],
  ['450,000 numbers', `{"query":{"ids":{"values":[${'1,'.repeat(450_000)}`, 'BODY_TOO_MANY_PARTS'],
  ['little that is no JSON', '{"query":[', 'JSON_MALFORMED'],
  ['little with a name that stands twice', '{"size":1,"size":2}', 'JSON_DUPLICATE_KEY'],
  ['as many clauses as may be, each in one of its own', `{"query":{"bool":{"should":[${clauses.join(',')}]}}}`, null],
  ['as many fields as may be', `{"schema":{"fields":{${fields.join(',')}}}}`, null],
  ['as many values as may be, twice', `{"must":[[${terms.join(',')}],[${terms.join(',')}]]}`, null],
];
for (const [name, text, code] of rows) {
  test(`readJson: ${name}`, () => assert.equal(codeOf(text), code));
}
