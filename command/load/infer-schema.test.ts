import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseIndexBody } from '../../shared/schema/parse.ts';
import { planValidation, validateDocument } from '../../shared/schema/validate.ts';
import { inferSchema } from './infer-schema.ts';

// Each row: documents, the fields as `name:kind` (+ for a keyword sub-field), the paths left out.
const rows: [name: string, documents: unknown[], fields: string, leftOut: string][] = [
  ['a string', [{ a: 'x' }], 'a:text+', ''],
  ['a long string is prose', [{ a: 'x' }, { a: 'y'.repeat(2000) }], 'a:text', ''],
  ['dates', [{ a: '2024-05-31' }, { a: '2024-05-31T12:00:00Z' }], 'a:date', ''],
  ['a date and another string', [{ a: '2024-05-31' }, { a: 'soon' }], 'a:text+', ''],
  ['a date that does not exist', [{ a: '2023-02-30' }], 'a:text+', ''],
  ['whole numbers', [{ a: 1 }, { a: -2 }], 'a:integer', ''],
  ['numbers', [{ a: 1 }, { a: 0.5 }], 'a:float', ''],
  ['a whole number too large to be exact', [{ a: 2 ** 60 }], 'a:float', ''],
  ['booleans', [{ a: true }], 'a:boolean', ''],
  ['arrays are many values', [{ a: [1, [2]] }], 'a:integer', ''],
  ['objects nest, in arrays too', [{ a: { b: 1, c: [{ d: 'x' }] } }], 'a.b:integer a.c.d:text+', ''],
  ['null and empty arrays say nothing', [{ a: null, b: [] }, { b: 1 }], 'b:integer', ''],
  ['mixed kinds', [{ a: 1, b: 1 }, { a: 'x' }], 'b:integer', 'a'],
  ['a value here, an object there', [{ a: 1 }, { a: { b: 2 } }], 'a.b:integer', 'a'],
  ['a name inside another', [{ a: 1, 'a.b': 2 }], 'a:integer', 'a.b'],
  [
    'names that are not allowed',
    [{ 'a b': 1, _c: 1, d: { __proto__x: 1 }, é: 1, '': 1, e: 1 }],
    'e:integer',
    'a b _c d.__proto__x é ',
  ],
  ['what is no document is passed over', [1, null, [{ a: 1 }], { b: 1 }], 'b:integer', ''],
];

for (const [name, documents, fields, leftOut] of rows) {
  test(`inferSchema: ${name}`, () => {
    const inferred = inferSchema(documents);
    const shown = Object.entries(inferred.schema.fields).map(([path, field]) => {
      return `${path}:${field.kind}${field.fields?.['keyword'] === undefined ? '' : '+'}`;
    });
    assert.equal(shown.join(' '), fields);
    assert.equal(inferred.leftOut.map(({ path }) => path).join(' '), leftOut);
    assert.deepEqual(parseIndexBody({ schema: inferred.schema }).schema, inferred.schema, 'the root takes the schema');
  });
}

test('inferSchema: never has more fields than a schema may have', () => {
  const inferred = inferSchema([Object.fromEntries(Array.from({ length: 1200 }, (_, i) => [`f${i}`, 1]))]);
  assert.equal(Object.keys(inferred.schema.fields).length, 1000);
  assert.equal(inferred.leftOut.length, 200);
});

test('inferSchema: a text longer than any of the sample still fits', () => {
  const { schema } = inferSchema([{ a: 'x' }]);
  assert.equal(validateDocument(planValidation(schema), { a: 'y'.repeat(100_000) }), null);
});
