import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SheafError } from '../errors.ts';
import { describeValue } from './describe-value.ts';
import { ownValue } from './own-value.ts';
import { readEntries, readObject, readOnlyEntry } from './read-object.ts';
import {
  arrayOf,
  integerWithin,
  numberThat,
  oneOf,
  oneOrMany,
  readBoolean,
  readNonEmptyString,
  readString,
} from './readers.ts';
import type { Reader } from './readers.ts';
import { RequestNode } from './request-node.ts';

const small = integerWithin(1, 3);
const positive = numberThat('a positive number', (value) => value > 0);

// Each row: a reader, a value, what it reads or the fault it throws.
const rows: [name: string, reader: Reader<unknown>, value: unknown, expected: unknown][] = [
  ['string', readString, '', ''],
  ['string', readString, 1, 'REQUEST_TYPE_WRONG '],
  ['non-empty string', readNonEmptyString, '', 'REQUEST_VALUE_INVALID '],
  ['boolean', readBoolean, false, false],
  ['boolean', readBoolean, 0, 'REQUEST_TYPE_WRONG '],
  ['integer', small, 3, 3],
  ['integer', small, 4, 'REQUEST_VALUE_INVALID '],
  ['integer', small, 0, 'REQUEST_VALUE_INVALID '],
  ['integer', small, 1.5, 'REQUEST_TYPE_WRONG '],
  ['integer', small, Infinity, 'REQUEST_TYPE_WRONG '],
  ['integer', integerWithin(0, 1), -0, 0],
  ['number', positive, 0.5, 0.5],
  ['number', positive, 0, 'REQUEST_VALUE_INVALID '],
  ['number', positive, Infinity, 'REQUEST_VALUE_INVALID '],
  ['number', positive, '1', 'REQUEST_TYPE_WRONG '],
  ['one of', oneOf(['a', 'b']), 'b', 'b'],
  ['one of', oneOf(['a', 'b']), 'c', 'REQUEST_VALUE_INVALID '],
  ['array', arrayOf(small, 2), [1, 2], [1, 2]],
  ['array', arrayOf(small, 2), [1, 2, 3], 'REQUEST_VALUE_INVALID '],
  ['array', arrayOf(small, 2), [1, 'x'], 'REQUEST_TYPE_WRONG /1'],
  ['array', arrayOf(small, 2), 1, 'REQUEST_TYPE_WRONG '],
  ['one or many', oneOrMany(small, 2), 1, [1]],
  ['one or many', oneOrMany(small, 2), [9], 'REQUEST_VALUE_INVALID /0'],
  ['object', (node) => readObject(node, ['a']).required('a', small), { a: 1 }, 1],
  ['object', (node) => readObject(node, ['a']).required('a', small), {}, 'REQUEST_FIELD_MISSING '],
  ['object', (node) => readObject(node, ['a']).optional('a', small, 9), {}, 9],
  ['object', (node) => readObject(node, ['a']).optional('a', small, 9), { a: null }, 'REQUEST_TYPE_WRONG /a'],
  ['object', (node) => readObject(node, ['a']).has('a'), { 'b/~': 1 }, 'REQUEST_FIELD_UNKNOWN /b~1~0'],
  ['object', (node) => readObject(node, ['a']).has('a'), [], 'REQUEST_TYPE_WRONG '],
  [
    'entries',
    (node) => readEntries(node).map((entry) => `${entry.name}@${entry.node.at}`),
    { a: 1, b: 2 },
    ['a@/a', 'b@/b'],
  ],
  ['only entry', (node) => readOnlyEntry(node, 'one').name, { a: 1 }, 'a'],
  ['only entry', (node) => readOnlyEntry(node, 'one').name, { a: 1, b: 2 }, 'REQUEST_VALUE_INVALID '],
];

for (const [name, reader, value, expected] of rows) {
  test(`read ${name}: ${JSON.stringify(value)}`, () => {
    let actual: unknown;
    try {
      actual = reader(RequestNode.body(value));
    } catch (error) {
      assert.ok(error instanceof SheafError, String(error));
      actual = `${error.code} ${error.at}`;
    }
    assert.deepEqual(actual, expected);
  });
}

test('RequestNode: faults of a parameter stand at its name, with codes of their own', () => {
  const node = RequestNode.parameter('sort', ['x']).child(0, 'x');
  const { code, at, detail } = node.wrongType('a number');
  assert.deepEqual(
    { code, at, detail },
    {
      code: 'PARAMETER_INVALID',
      at: 'sort',
      detail: { expected: 'a number', actual: '"x"' },
    },
  );
  assert.equal(node.invalid({ expected: 'y' }).code, 'PARAMETER_INVALID');
});

test('describeValue: few words for any value, long strings cut between characters', () => {
  const values: [value: unknown, expected: string][] = [
    [null, 'null'],
    [[1], 'an array'],
    [{ a: 1 }, 'an object'],
    [true, 'true'],
    [1.5, '1.5'],
    ['a', '"a"'],
    [undefined, 'nothing'],
    [`${'x'.repeat(59)}😀y`, `"${'x'.repeat(59)}…"`],
  ];
  for (const [value, expected] of values) assert.equal(describeValue(value), expected);
});

test('ownValue: what every object inherits is no value', () => {
  assert.equal(ownValue({ a: 1 }, 'a'), 1);
  assert.equal(ownValue({ a: 1 }, 'constructor'), undefined);
});
