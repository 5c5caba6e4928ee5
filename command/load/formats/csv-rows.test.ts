import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { RowReader } from './csv-rows.ts';

function rowsOf(text: string, size = text.length): string[][] {
  const reader = new RowReader(',');
  const rows: string[][] = [];
  for (let at = 0; at < text.length; at += size) rows.push(...reader.push(text.slice(at, at + size)));
  return [...rows, ...reader.end()];
}

// Each row: the text, its rows.
const table: [what: string, text: string, expected: string[][]][] = [
  ['nothing', '', []],
  ['one cell', 'a', [['a']]],
  [
    'empty cells',
    ',\n,',
    [
      ['', ''],
      ['', ''],
    ],
  ],
  ['the last line end counts for nothing', 'a\n', [['a']]],
  ['a blank line', 'a\n\nb', [['a'], [''], ['b']]],
  ['both line ends', 'a\r\nb\rc\nd', [['a'], ['b'], ['c'], ['d']]],
  ['quotes', '"a","b,c","d""e","f\ng"', [['a', 'b,c', 'd"e', 'f\ng']]],
  ['blanks before a quote', 'a, "b,c"', [['a', 'b,c']]],
  ['a quote inside a cell', 'a"b,c', [['a"b', 'c']]],
  ['something after a quoted cell', '"a"b,c', [['ab', 'c']]],
  ['an empty quoted cell', '"",a', [['', 'a']]],
];
for (const [what, text, expected] of table) {
  test(`RowReader: ${what}`, () => {
    for (const size of [1, 2, 100]) assert.deepEqual(rowsOf(text, size), expected);
  });
}

test('RowReader: any cells come back as they were written, in whatever pieces', () => {
  const cell = fc.string({ unit: fc.constantFrom('a', ',', '"', '\n', '\r', ' ', 'é', '😀') });
  const property = fc.property(
    fc.array(fc.array(cell, { minLength: 2, maxLength: 4 }), { maxLength: 5 }),
    fc.integer({ min: 1, max: 9 }),
    (rows, size) => {
      const text = rows.map((row) => row.map((each) => `"${each.replaceAll('"', '""')}"`).join(',')).join('\n');
      assert.deepEqual(rowsOf(text, size), rows);
    },
  );
  fc.assert(property, { seed: 5, numRuns: 500 });
});
