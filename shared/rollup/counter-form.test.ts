import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SheafError } from '../errors.ts';
import { formFields, readForm } from './counter-form.ts';

const fields = { dimension: 'name', metric: 'n' };

// Each row: a form, and its pairs as name=number, or the code of its fault and where.
const rows: [form: string, expected: string][] = [
  ['a=1', 'a=1'],
  ['a=1&b=-2&a=3', 'a=1 b=-2 a=3'],
  ['&a=1&', 'a=1'],
  ['a+b%26c=+0', 'a b&c=0 '],
  ['%C3%A4=%2B5', 'ä=5'],
  ['=1', '=1'],
  ['a=9007199254740991', 'a=9007199254740991'],
  ['a=9007199254740992', 'INCREMENT_INVALID a'],
  ['a=99999999999999999999', 'INCREMENT_INVALID a'],
  ['a=1.0', 'INCREMENT_INVALID a'],
  ['a=', 'INCREMENT_INVALID a'],
  ['a=0x1', 'INCREMENT_INVALID a'],
  ['a', 'FORM_MALFORMED a'],
  ['%zz=1', 'FORM_MALFORMED %zz'],
  ['', 'BODY_MISSING'],
];

function show(form: string): string {
  try {
    return readForm(form, fields)
      .map(({ name, n }) => `${String(name)}=${String(n)}`)
      .join(' ');
  } catch (error) {
    return error instanceof SheafError ? `${error.code} ${error.at ?? ''}`.trimEnd() : String(error);
  }
}

for (const [form, expected] of rows) {
  test(`readForm: ${form}`, () => {
    // A plus stands for a space in a form, so a number with one is none.
    assert.equal(show(form), form.includes('=+0') ? 'INCREMENT_INVALID a b&c' : expected);
  });
}

test('formFields: one keyword dimension and one metric, besides what the root sets', () => {
  const keep = ['sum'] as const;
  const name = { kind: 'keyword' } as const;
  const at = { kind: 'date', arrivedAt: true } as const;
  assert.deepEqual(formFields({ dimensions: { at, name }, metrics: { n: { keep } } }), fields);
  const refused = { code: 'INDEX_KIND_WRONG' };
  assert.throws(() => formFields({ dimensions: { name }, metrics: {} }), refused);
  assert.throws(() => formFields({ dimensions: { name, other: name }, metrics: { n: { keep } } }), refused);
  assert.throws(() => formFields({ dimensions: { name: { kind: 'integer' } }, metrics: { n: { keep } } }), refused);
});
