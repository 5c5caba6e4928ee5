import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { IndexSchema } from './schema.ts';
import { planValidation, validateDocument } from './validate.ts';

const fields: IndexSchema['fields'] = {
  title: { kind: 'text', fields: { raw: { kind: 'keyword' } } },
  'author.name': { kind: 'keyword' },
  'author.born': { kind: 'date' },
  year: { kind: 'integer' },
  draft: { kind: 'boolean' },
  note: { kind: 'text', fields: { whole: { kind: 'keyword', ignoreAbove: 3 } } },
  sign: { kind: 'keyword', ignoreAbove: 3, fields: { all: { kind: 'keyword' } } },
  constructor: { kind: 'float' } as const,
};
const strict = planValidation({ fields, dynamic: 'strict' });
const lenient = planValidation({ fields, dynamic: 'false' });

function check(plan: typeof strict, json: string): string {
  const fault = validateDocument(plan, JSON.parse(json));
  return fault === null ? 'fits' : `${fault.code} ${fault.at}`;
}

const deep = (levels: number) => `{"x":${'['.repeat(levels - 1)}${']'.repeat(levels - 1)}}`;
const deepAt = `/x${'/0'.repeat(31)}`;

// Each row: a document, what becomes of it where unknown fields are rejected and, if that differs, where they are not.
const rows: [json: string, strictly: string, leniently?: string][] = [
  ['{}', 'fits'],
  ['{"title":"a","author":{"name":"b","born":"2024-05-31"},"year":3,"draft":true,"constructor":0.5}', 'fits'],
  ['{"author.name":"b"}', 'fits'],
  ['{"author":[{"name":["a","b"]},{"name":null},null,[]]}', 'fits'],
  ['{"title":null,"year":[],"author":null}', 'fits'],
  ['{"year":[1,[2,null]]}', 'fits'],
  ['[]', 'DOCUMENT_NOT_OBJECT '],
  ['null', 'DOCUMENT_NOT_OBJECT '],
  ['"a"', 'DOCUMENT_NOT_OBJECT '],
  ['{"title":5}', 'DOCUMENT_FIELD_TYPE /title'],
  ['{"title":{"a":1}}', 'DOCUMENT_FIELD_TYPE /title'],
  ['{"title":"\\ud800"}', 'DOCUMENT_FIELD_TYPE /title'],
  [`{"title":"${'x'.repeat(8192)}"}`, 'DOCUMENT_FIELD_TYPE /title'],
  [`{"note":"${'x'.repeat(8192)}"}`, 'fits'],
  ['{"note":"\\ud800"}', 'DOCUMENT_FIELD_TYPE /note'],
  ['{"note":"é\\ud800x"}', 'fits'],
  [`{"sign":"${'x'.repeat(8191)}"}`, 'fits'],
  [`{"sign":"${'x'.repeat(8192)}"}`, 'DOCUMENT_FIELD_TYPE /sign'],
  ['{"year":"3"}', 'DOCUMENT_FIELD_TYPE /year'],
  ['{"year":[1,2,3.5]}', 'DOCUMENT_FIELD_TYPE /year/2'],
  ['{"year":9007199254740992}', 'DOCUMENT_FIELD_TYPE /year'],
  ['{"draft":1}', 'DOCUMENT_FIELD_TYPE /draft'],
  ['{"author":[{"name":"a"},{"born":"2024-02-30"}]}', 'DOCUMENT_FIELD_TYPE /author/1/born'],
  ['{"author.name":7}', 'DOCUMENT_FIELD_TYPE /author.name'],
  ['{"titel":"a"}', 'DOCUMENT_FIELD_UNKNOWN /titel', 'fits'],
  ['{"a/b":{"c":1}}', 'DOCUMENT_FIELD_UNKNOWN /a~1b', 'fits'],
  ['{"author":{"age":1}}', 'DOCUMENT_FIELD_UNKNOWN /author/age', 'fits'],
  ['{"title.raw":"a"}', 'DOCUMENT_FIELD_UNKNOWN /title.raw', 'fits'],
  ['{"__proto__":{"year":"x"}}', 'DOCUMENT_FIELD_UNKNOWN /__proto__', 'fits'],
  ['{"toString":1}', 'DOCUMENT_FIELD_UNKNOWN /toString', 'fits'],
  ['{"year":"x","titel":1}', 'DOCUMENT_FIELD_TYPE /year'],
  ['{"titel":1,"year":"x"}', 'DOCUMENT_FIELD_UNKNOWN /titel', 'DOCUMENT_FIELD_TYPE /year'],
  [deep(32), 'DOCUMENT_FIELD_UNKNOWN /x', 'fits'],
  [`{"x":${'['.repeat(32)}${']'.repeat(32)}}`, 'DOCUMENT_FIELD_UNKNOWN /x', `DOCUMENT_TOO_DEEP ${deepAt}`],
  [`{"year":${'['.repeat(100_000)}${']'.repeat(100_000)}}`, `DOCUMENT_TOO_DEEP /year${'/0'.repeat(31)}`],
];

for (const [json, strictly, leniently = strictly] of rows) {
  test(`validateDocument: ${json.slice(0, 80)}`, () => {
    assert.equal(check(strict, json), strictly);
    assert.equal(check(lenient, json), leniently);
  });
}

test('validateDocument: says which field, what it takes and what was there', () => {
  assert.deepEqual(validateDocument(strict, { author: [{ name: 7 }] }), {
    code: 'DOCUMENT_FIELD_TYPE',
    at: '/author/0/name',
    detail: { field: 'author.name', kind: 'keyword', expected: 'a string', actual: '7' },
  });
  assert.deepEqual(validateDocument(strict, { author: { age: 7 } })?.detail, { field: 'author.age' });
});
