import assert from 'node:assert/strict';
import { test } from 'node:test';
import { IncrementReader } from './read-increment.ts';
import type { RollupSchema } from './rollup-schema.ts';
import { encodeRow } from './row.ts';

const schema: RollupSchema = {
  dimensions: { at: { kind: 'date', interval: 1000 }, page: { kind: 'keyword' }, 'user.ok': { kind: 'boolean' } },
  metrics: { n: { keep: ['sum', 'count'] } },
};
const arriving: RollupSchema = {
  dimensions: { second: { kind: 'date', interval: 1000, arrivedAt: true } },
  metrics: { ms: { keep: ['sum', 'max'], arrivedAt: 'millisecond' } },
};

/** `KEY ROW`, or `CODE at`. */
function read(of: RollupSchema, document: unknown): string {
  const found = new IncrementReader(of).read(document, 1_700_000_000_123);
  return 'row' in found ? `${found.key} ${encodeRow(found.row)}` : `${found.code} ${found.at}`.trimEnd();
}

// Each row: a document, and the row it is. Numbers are _count, _high.n, _low.n, _values.n.
const rows: [what: string, document: unknown, expected: string][] = [
  ['one value of each', { page: 'a', at: 1999, user: { ok: true }, n: 5 }, '[1000,"a",true] [1,0,5,1]'],
  ['a dotted name', { page: 'a', 'user.ok': false }, '[null,"a",false] [1,0,0,0]'],
  ['no value at all', {}, '[null,null,null] [1,0,0,0]'],
  ['null is no value', { page: null, n: null }, '[null,null,null] [1,0,0,0]'],
  ['a date before 1970 is cut downwards', { at: -1 }, '[-1000,null,null] [1,0,0,0]'],
  ['a date as text', { at: '1970-01-01T00:00:02.5Z' }, '[2000,null,null] [1,0,0,0]'],
  ['several values of a metric', { n: [1, [2], 4_294_967_295] }, '[null,null,null] [1,1,2,3]'],
  ['a negative value', { n: -1 }, '[null,null,null] [1,-1,4294967295,1]'],
  ['the largest value', { n: 2 ** 53 - 1 }, '[null,null,null] [1,2097151,4294967295,1]'],
  ['one too large', { n: 2 ** 53 }, 'INCREMENT_INVALID /n'],
  ['a fraction', { n: 0.5 }, 'INCREMENT_INVALID /n'],
  ['a text', { n: '1' }, 'INCREMENT_INVALID /n'],
  ['one wrong among several', { n: [1, 'x', 2] }, 'INCREMENT_INVALID /n/1'],
  ['two values of a dimension', { page: ['a', 'b'] }, 'DOCUMENT_FIELD_TYPE /page/1'],
  ['a dimension of another kind', { page: 1 }, 'DOCUMENT_FIELD_TYPE /page'],
  ['an object for a dimension', { page: {} }, 'DOCUMENT_FIELD_TYPE /page'],
  ['a dimension there is not', { pages: 'a' }, 'DOCUMENT_FIELD_UNKNOWN /pages'],
  ['the name of a part', { _count: 5 }, 'DOCUMENT_FIELD_UNKNOWN /_count'],
  ['no object', [1], 'DOCUMENT_NOT_OBJECT'],
  ['values too long together', { page: 'x'.repeat(5000) }, 'KEY_TOO_LONG'],
];
for (const [what, document, expected] of rows) {
  test(`IncrementReader: ${what}`, () => assert.equal(read(schema, document), expected));
}

test('IncrementReader: sets the time of arrival, and takes none', () => {
  assert.equal(read(arriving, {}), '[1700000000000] [1,0,123,123]');
  assert.equal(read(arriving, { second: 0 }), 'DOCUMENT_FIELD_TYPE /second');
  assert.equal(read(arriving, { ms: 1 }), 'INCREMENT_INVALID /ms');
});

test('IncrementReader: one that was refused leaves nothing behind', () => {
  const reader = new IncrementReader(schema);
  reader.read({ page: 'a', n: [1, 'x'] }, 0);
  const found = reader.read({ page: 'b', n: 1 }, 0);
  assert.ok('row' in found);
  assert.equal(`${found.key} ${encodeRow(found.row)}`, '[null,"b",null] [1,0,1,1]');
});

test('IncrementReader: what is not known is told with what is', () => {
  const found = new IncrementReader(schema).read({ pag: 'a' }, 0);
  assert.ok('code' in found);
  assert.deepEqual(found.detail['dimensions'], ['at', 'page', 'user.ok']);
  assert.deepEqual(found.detail['metrics'], ['n']);
});
