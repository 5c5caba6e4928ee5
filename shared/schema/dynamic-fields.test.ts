import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DynamicFields } from './dynamic-fields.ts';
import type { IndexSchema } from './schema.ts';

const schema: IndexSchema = {
  dynamic: 'true',
  fields: { id: { kind: 'keyword' }, 'author.name': { kind: 'text' }, taken: { kind: 'integer' } },
};

// Each row: documents that come together, the fields that are added as path:kind (+ with a keyword below), whether each is new.
const rows: [what: string, documents: object[], fields: string, isNew: boolean[]][] = [
  ['nothing new', [{ id: 'a', author: { name: 'x' } }], '', [false]],
  ['a string', [{ s: 'x' }], 's:text+', [true]],
  ['a date', [{ d: '2024-05-31' }, { d: '2024-05-31T12:00:00Z' }], 'd:date', [true, true]],
  ['a date and another string', [{ d: '2024-05-31' }, { d: 'soon' }], 'd:text+', [true, true]],
  ['another string and a date', [{ d: 'soon' }, { d: '2024-05-31' }], 'd:text+', [true, true]],
  ['a whole number and a fraction', [{ n: 1 }, { n: 0.5 }], 'n:float', [true, true]],
  ['a whole number too large to be exact', [{ n: 2 ** 60 }], 'n:float', [true]],
  ['numbers and strings: the first decides', [{ n: 1 }, { n: 'x' }], 'n:integer', [true, true]],
  ['booleans', [{ b: false }], 'b:boolean', [true]],
  ['objects, arrays and literal dots', [{ a: { b: [1, { c: true }] }, 'x.y': 1 }], 'a.b:integer x.y:integer', [true]],
  ['beside a known field of an object', [{ author: { born: 1815 } }], 'author.born:integer', [true]],
  ['nothing in it', [{ a: null, b: [], c: {}, d: [{}] }], '', [false]],
  ['a value where objects are', [{ author: 'x' }], '', [true]],
  ['an object where values are', [{ taken: { a: 1 } }], '', [false]],
  ['an object and a value under one name', [{ a: { b: 1 } }, { a: 1 }], 'a.b:integer', [true, true]],
  ['names that are not allowed', [{ 'a b': 1, _c: 1, '': 1, é: 1 }], '', [true]],
  ['a name that is too long with its keyword', [{ ['x'.repeat(195)]: 'x' }], '', [true]],
];
for (const [what, documents, fields, isNew] of rows) {
  test(`DynamicFields: ${what}`, () => {
    const dynamic = new DynamicFields(schema);
    assert.deepEqual(
      documents.map((document) => dynamic.take(document)),
      isNew,
    );
    const shown = Object.entries(dynamic.fields()).map(([path, field]) => {
      return `${path}:${field.kind}${field.fields?.['keyword'] === undefined ? '' : '+'}`;
    });
    assert.equal(shown.join(' '), fields);
  });
}
