import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readCranfield, readJudgements, readRecords } from './cranfield.ts';

test('readRecords: the text of each record, on one line', () => {
  const file = '.I 1\n.T\na title .\n.A\nwho\n.B\nwhere\n.W\na title .\nand more .\n.I 004\n.W\nwhat is it .\n';
  assert.deepEqual(readRecords(file), [
    { id: '1', text: 'a title . and more .' },
    { id: '004', text: 'what is it .' },
  ]);
});

test('readJudgements: the codes 1 to 4 count, in either form', () => {
  const expected = new Map([['1', new Set(['184', '29'])]]);
  assert.deepEqual(readJudgements('1 184 2\n1 29  4 \n1 31 -1\n2 8 5\n', 2), expected);
  assert.deepEqual(readJudgements('1 0 184 1\n1 0 29 1\n', 3), expected);
});

test('readCranfield: a file that is not there is none', () => {
  assert.equal(readCranfield('/nowhere/cran.tar.gz'), undefined);
});
