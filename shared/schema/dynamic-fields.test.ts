import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fieldsToAdd, isBeyondSchema, whyNotAdded } from './dynamic-fields.ts';
import { fieldPathRule } from './field-names.ts';
import type { IndexSchema } from './schema.ts';

const schema: IndexSchema = {
  dynamic: 'true',
  fields: { id: { kind: 'keyword' }, 'author.name': { kind: 'text' }, taken: { kind: 'integer' } },
};

const tooMany = Object.fromEntries(Array.from({ length: 1001 }, (_, i) => [`f${i}`, 1]));

// Each row: documents that come together, the fields that are added as path:kind (+ with a keyword below), whether each is new.
const rows: [what: string, documents: object[], fields: string, isNew: boolean[]][] = [
  ['nothing new', [{ id: 'a', author: { name: 'x' } }], '', [false]],
  ['a string', [{ s: 'x' }], 's:text+', [true]],
  ['a date', [{ d: '2024-05-31' }, { d: '2024-05-31T12:00:00Z' }], 'd:date', [true, true]],
  ['a date and another string', [{ d: '2024-05-31' }, { d: 'soon' }], 'd:text+', [true, true]],
  ['another string and a date', [{ d: 'soon' }, { d: '2024-05-31' }], 'd:text+', [true, true]],
  ['a whole number and a fraction', [{ n: 1 }, { n: 0.5 }], 'n:float', [true, true]],
  ['a whole number too large to be exact', [{ n: 2 ** 60, m: 1 }], '', [true]],
  ['a number beyond all numbers, and one that is fine', [{ n: Infinity, m: 1 }, { n: 1 }], 'n:integer', [true, true]],
  ['half a pair', [{ s: '\ud800' }, { s: '\ud83d\ude00' }], 's:text+', [true, true]],
  ['a document brings all of its fields or none', [{ a: 1, _b: 1 }, { c: 1 }], 'c:integer', [true, true]],
  ['values of one field that do not go together', [{ i: [1, 'x'], h: 1 }, { i: 1 }], 'i:integer', [true, true]],
  ['a later document that does not fit brings nothing', [{ n: 1 }, { n: 'x', m: 1 }], 'n:integer', [true, true]],
  ['more fields than there is room for, and a few', [tooMany, { z: 1 }], 'z:integer', [true, true]],
  ['numbers and strings: the first decides', [{ n: 1 }, { n: 'x' }], 'n:integer', [true, true]],
  ['booleans', [{ b: false }], 'b:boolean', [true]],
  [
    'objects, arrays and literal dots',
    [{ a: { b: [1, [2]], c: [{ d: true }] }, 'x.y': 1 }],
    'a.b:integer a.c.d:boolean x.y:integer',
    [true],
  ],
  ['an object and a value in one document', [{ a: [1, { c: true }], b: 1 }], '', [true]],
  ['beside a known field of an object', [{ author: { born: 1815 } }], 'author.born:integer', [true]],
  ['nothing in it', [{ a: null, b: [], c: {}, d: [{}] }], '', [false]],
  ['a value where objects are', [{ author: 'x' }], '', [true]],
  ['an object where values are', [{ taken: { a: 1 } }], '', [false]],
  ['an object and a value under one name', [{ a: { b: 1 } }, { a: 1 }], 'a.b:integer', [true, true]],
  ['names that are not allowed', [{ 'a b': 1, _c: 1, '': 1, é: 1 }], '', [true]],
  ['a name that is too long with its keyword', [{ ['x'.repeat(195)]: 'x' }], '', [true]],
];
for (const [what, documents, fields, isNew] of rows) {
  test(`fieldsToAdd: ${what}`, () => {
    assert.deepEqual(
      documents.map((document) => isBeyondSchema(schema, document)),
      isNew,
    );
    const shown = Object.entries(fieldsToAdd(schema, documents)).map(([path, field]) => {
      return `${path}:${field.kind}${field.fields?.['keyword'] === undefined ? '' : '+'}`;
    });
    assert.equal(shown.join(' '), fields);
  });
}

const full: IndexSchema = {
  ...schema,
  fields: Object.fromEntries(Array.from({ length: 999 }, (_, i) => [`f${i}`, { kind: 'integer' }])),
};

// Each row: the schema, a document of which a field cannot be added, the field, why.
const reasons: [schema: IndexSchema, document: object, field: string, why: object][] = [
  [schema, { ok: 1, 'a b': 1 }, 'a b', { reason: 'the field name is not allowed', expected: fieldPathRule }],
  [
    schema,
    { ['x'.repeat(195)]: 'x' },
    'x'.repeat(195),
    { reason: 'the field name is longer than the limit', limit: 200, actual: 203 },
  ],
  [schema, { author: 'x' }, 'author', { reason: 'one of two fields would lie inside the other', other: 'author.name' }],
  [
    schema,
    { a: { b: 1 }, 'a.b.c': 1 },
    'a.b.c',
    { reason: 'one of two fields would lie inside the other', other: 'a.b' },
  ],
  [schema, { ok: 1, n: [1, true] }, 'n', { reason: 'the document has values there that no field takes together' }],
  [schema, { n: Infinity }, 'n', { reason: 'no field keeps the value', expected: 'a number', actual: 'Infinity' }],
  [
    schema,
    { s: '\ud800' },
    's',
    { reason: 'no field keeps the value', expected: 'a string without lone surrogates', actual: '"\\ud800"' },
  ],
  [full, { a: 1, b: 1 }, 'b', { reason: 'the schema is full', limit: 1000 }],
  [full, { s: 'x' }, 's', { reason: 'the schema is full', limit: 1000 }],
  [schema, { a: 1, b: 1 }, 'a', { reason: 'other fields were added at the same time, by this body or by others' }],
];
for (const [beside, document, field, why] of reasons) {
  test(`whyNotAdded: ${JSON.stringify(document).slice(0, 60)}`, () => {
    assert.deepEqual(whyNotAdded(beside, document), { field, ...why });
  });
}
