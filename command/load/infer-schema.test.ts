import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseIndexBody } from '../../shared/schema/parse.ts';
import { planValidation, validateDocument } from '../../shared/schema/validate.ts';
import { DocumentStatistics } from './field-statistics.ts';
import { inferSchema, type InferOptions } from './infer-schema.ts';

function infer(documents: readonly unknown[], options?: InferOptions) {
  const statistics = new DocumentStatistics();
  for (const document of documents) statistics.take(document);
  return inferSchema(statistics, options);
}

function numbers(count: number): { a: number }[] {
  return Array.from({ length: count }, (_, a) => ({ a }));
}

// Each row: documents, the fields as `name:kind` (+ for a keyword sub-field), the paths left out.
const rows: [name: string, documents: unknown[], fields: string, leftOut: string][] = [
  ['a string', [{ a: 'x' }], 'a:text+', ''],
  ['a long string is prose', [{ a: 'x' }, { a: 'y'.repeat(2000) }], 'a:text', ''],
  ['dates', [{ a: '2024-05-31' }, { a: '2024-05-31T12:00:00Z' }], 'a:date', ''],
  ['a date and another string', [{ a: '2024-05-31' }, { a: 'soon' }], 'a:text+', ''],
  ['a date that does not exist', [{ a: '2023-02-30' }], 'a:text+', ''],
  ['whole numbers', [{ a: 1 }, { a: -2 }], 'a:integer', ''],
  ['numbers', [{ a: 1 }, { a: 0.5 }], 'a:float', ''],
  ['a number too large to be whole', [{ a: 1e300 }], 'a:float', ''],
  ['whole numbers that no field holds', [{ a: 2n ** 60n }, { a: 1 }], '', 'a'],
  ['one of them among a thousand whole numbers', [...numbers(1000), { a: 2n ** 60n }], 'a:integer', ''],
  ['one of them among a thousand numbers', [...numbers(1000), { a: 0.5 }, { a: 2n ** 60n }], '', 'a'],
  ['booleans', [{ a: true }], 'a:boolean', ''],
  ['arrays are many values', [{ a: [1, [2]] }], 'a:integer', ''],
  ['objects nest, in arrays too', [{ a: { b: 1, c: [{ d: 'x' }] } }], 'a.b:integer a.c.d:text+', ''],
  ['null and empty arrays say nothing', [{ a: null, b: [] }, { b: 1 }], 'b:integer', ''],
  ['URLs', [{ a: 'https://x.org/1' }, { a: 'https://x.org/2?q=a' }], 'a:keyword', ''],
  ['single words', [{ a: 'ab-1' }, { a: 'ab-2' }, { a: 'ab-3' }], 'a:keyword', ''],
  ['two words, whatever they are', [{ a: 'x' }, { a: 'y' }], 'a:text+', ''],
  ['few that repeat', Array.from({ length: 40 }, (_, i) => ({ a: `science fiction ${i % 10}` })), 'a:keyword', ''],
  ['many that differ', Array.from({ length: 40 }, (_, i) => ({ a: `the title ${i % 11}` })), 'a:text+', ''],
  ['a fraction after a thousand whole numbers', [...numbers(1000), { a: 0.5 }], 'a:float', ''],
  ['one word among a thousand numbers', [...numbers(1000), { a: 'many' }], 'a:integer', ''],
  ['one word among ten numbers', [...numbers(10), { a: 'many' }], '', 'a'],
  ['one object among a thousand numbers', [...numbers(1000), { a: { b: 'x y' } }], 'a:integer', 'a.b'],
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
    const inferred = infer(documents);
    const shown = Object.entries(inferred.schema.fields).map(([path, field]) => {
      return `${path}:${field.kind}${field.fields?.['keyword'] === undefined ? '' : '+'}`;
    });
    assert.equal(shown.join(' '), fields);
    assert.equal(inferred.leftOut.map(({ path }) => path).join(' '), leftOut);
    assert.deepEqual(parseIndexBody({ schema: inferred.schema }).schema, inferred.schema, 'the root takes the schema');
  });
}

test('inferSchema: never has more fields than a schema may have', () => {
  const inferred = infer([Object.fromEntries(Array.from({ length: 1200 }, (_, i) => [`f${i}`, 1]))]);
  assert.equal(Object.keys(inferred.schema.fields).length, 1000);
  assert.equal(inferred.leftOut.length, 200);
});

test('inferSchema: a text longer than any of the sample still fits', () => {
  const { schema } = infer([{ a: 'x' }]);
  assert.equal(validateDocument(planValidation(schema), { a: 'y'.repeat(100_000) }), null);
});

test('inferSchema: what the user said of a field is not inferred, and what was text may stay it', () => {
  const documents = [
    { a: 1, b: 1 },
    { a: 'x', b: 2 },
  ];
  const said = infer(documents, {
    set: new Map([
      ['b', 'keyword'],
      ['c', 'date'],
    ]),
  });
  assert.deepEqual(said.schema.fields, { b: { kind: 'keyword' }, c: { kind: 'date' } });
  assert.deepEqual(infer(documents, { textWhereMixed: true }).schema.fields['a'], {
    kind: 'keyword',
    ignoreAbove: 1024,
  });
});

// Each row: documents, the fields that can be their key, the best first.
const keys: [what: string, documents: unknown[], expected: string[]][] = [
  ['one document says nothing', [{ id: 1 }], []],
  [
    'the name first',
    [
      { x: 1, film_id: 1, id: 'a' },
      { x: 2, film_id: 2, id: 'b' },
    ],
    ['id', 'film_id', 'x'],
  ],
  ['a value twice', [{ id: 1 }, { id: 1 }], []],
  ['a field that is not in all', [{ id: 1, k: 1 }, { id: 2 }, { id: 3, k: 3 }], ['id']],
  ['a field that comes later', [{ id: 1 }, { id: 2, k: 2 }], ['id']],
  ['fractions, nulls, arrays and what is too long', [{ a: 0.5, b: null, c: [1], d: 'x'.repeat(600) }, { a: 1.5 }], []],
  ['a number and its digits are one key', [{ id: 1 }, { id: '1' }], []],
];
for (const [what, documents, expected] of keys) {
  test(`DocumentStatistics: keys, ${what}`, () => {
    const statistics = new DocumentStatistics();
    for (const document of documents) statistics.take(document);
    assert.deepEqual(statistics.keys(), expected);
  });
}
