import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  anyValues,
  boundsOfField,
  isColumnsReport,
  noValues,
  sameColumns,
  type ColumnsReport,
} from './columns-report.ts';

const told: ColumnsReport = { fields: { tag: [3], n: [1, -5, 7] } };

// Each row: what is known, the field, what that says of its values.
const rows: [name: string, columns: ColumnsReport | null, field: string, expected: object][] = [
  ['numbers', told, 'n', { most: 1, low: -5, high: 7 }],
  ['keywords', told, 'tag', { most: 3, low: -Infinity, high: Infinity }],
  ['a field without values', told, 'other', noValues],
  ['a name of every object', told, 'constructor', noValues],
  ['a field that may be left out', { ...told, leftOut: true }, 'other', anyValues],
  ['nothing', null, 'n', anyValues],
];
for (const [name, columns, field, expected] of rows) {
  test(`boundsOfField: ${name}`, () => assert.deepEqual(boundsOfField(columns, field), expected));
}

// Each row: what came, whether it is such a report.
const shapes: [value: unknown, expected: boolean][] = [
  [told, true],
  [{ fields: {} }, true],
  [{ fields: {}, leftOut: true }, true],
  [{ fields: {}, leftOut: false }, false],
  [{}, false],
  [null, false],
  [{ fields: { n: [] } }, false],
  [{ fields: { n: [-1] } }, false],
  [{ fields: { n: [1, 2] } }, false],
  [{ fields: { n: [1, null, 2] } }, false],
  [{ fields: { n: [1, 2, 3, 4] } }, false],
];
for (const [value, expected] of shapes) {
  test(`isColumnsReport: ${JSON.stringify(value)}`, () => assert.equal(isColumnsReport(value), expected));
}

test('sameColumns: by what is told', () => {
  const same: ColumnsReport = { fields: { n: [1, -5, 7], tag: [3] } };
  assert.ok(sameColumns(told, same));
  assert.ok(sameColumns(undefined, undefined));
  const others: (ColumnsReport | undefined)[] = [
    undefined,
    { fields: { tag: [3] } },
    { ...told, leftOut: true },
    { fields: { tag: [3], n: [1] } },
    { fields: { tag: [3], n: [1, -5, 8] } },
    { fields: { tag: [3], m: [1, -5, 7] } },
  ];
  for (const other of others) assert.ok(!sameColumns(told, other), JSON.stringify(other));
});
