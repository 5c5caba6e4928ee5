import assert from 'node:assert/strict';
import { test } from 'node:test';
import { renderTable, showNumber, type Cell } from './table.ts';

// Each row: a number and how it is shown.
const numbers: [value: number, expected: string][] = [
  [0, '0'],
  [3, '3'],
  [0.1234, '0.123'],
  [0.9996, '1.00'],
  [1.234, '1.23'],
  [9.996, '10.0'],
  [12.34, '12.3'],
  [99.96, '100'],
  [1234.5, '1,235'],
  [117791, '117,791'],
  [-0.5, '-0.500'],
  [Number.NaN, 'NaN'],
];

for (const [value, expected] of numbers) {
  test(`showNumber: ${value} is ${expected}`, () => assert.equal(showNumber(value), expected));
}

// Each row: heads, rows, lines of Markdown.
const tables: [name: string, columns: string[], rows: Cell[][], expected: string[]][] = [
  ['no rows', ['a', 'b'], [], ['| a   | b   |', '| --- | --- |']],
  [
    'numbers to the right, words to the left',
    ['kind', 'p50 ms'],
    [
      ['term', 1.5],
      ['aggregation', 12],
    ],
    ['| kind        | p50 ms |', '| ----------- | -----: |', '| term        |   1.50 |', '| aggregation |     12 |'],
  ],
  [
    'a column with one word stands to the left',
    ['cpu'],
    [[1], ['none']],
    ['| cpu  |', '| ---- |', '| 1    |', '| none |'],
  ],
  ['a bar in a cell', ['q'], [['a|b']], ['| q    |', '| ---- |', '| a\\|b |']],
];

for (const [name, columns, rows, expected] of tables) {
  test(`renderTable: ${name}`, () => assert.equal(renderTable({ columns, rows }), expected.join('\n')));
}

test('renderTable: refuses a row that does not fit', () => {
  assert.throws(() => renderTable({ columns: ['a', 'b'], rows: [[1]] }), RangeError);
});
