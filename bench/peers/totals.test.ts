import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readTotal, totalsAgree } from './totals.ts';

test('readTotal: is the first total that has a relation', () => {
  const answer =
    '{"_shards":{"total":4},"hits":{"total":{"value":12,"relation":"gte"},"hits":[{"total":{"value":1,"relation":"eq"}}]}}';
  assert.deepEqual(readTotal(answer), { value: 12, isLeast: true });
});

test('readTotal: an answer without one is none', () => assert.throws(() => readTotal('{"hits":{}}'), /no total/));

// Each row: two totals, + for at least; whether they agree.
const rows: [a: string, b: string, agree: boolean][] = [
  ['5', '5', true],
  ['5', '6', false],
  ['5+', '6', true],
  ['5+', '5', true],
  ['5+', '4', false],
  ['5+', '6+', true],
];
for (const [a, b, agree] of rows) {
  const read = (text: string) => ({ value: parseInt(text, 10), isLeast: text.endsWith('+') });
  test(`totalsAgree: ${a} and ${b}`, () => {
    assert.equal(totalsAgree(read(a), read(b)), agree);
    assert.equal(totalsAgree(read(b), read(a)), agree);
  });
}
