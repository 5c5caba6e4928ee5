import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeToken, encodeToken, highestOffsets, offsetsForSearch, offsetsOfIndex } from './token.ts';

test('token: comes back as it was', () => {
  const offsets = { 'x1/0': 5, 'x1/3': 0, 'xab/12': 9_007_199_254_740_991 };
  assert.deepEqual(decodeToken(encodeToken(offsets)), offsets);
});

test('highestOffsets: the last append of a partition counts, in any order', () => {
  const appended = [
    { partition: 'x1/0', firstOffset: 8, lastOffset: 9 },
    { partition: 'x1/1', firstOffset: 0, lastOffset: 0 },
    { partition: 'x1/0', firstOffset: 2, lastOffset: 5 },
  ];
  assert.deepEqual(highestOffsets(appended), { 'x1/0': 9, 'x1/1': 0 });
});

test('offsetsOfIndex: only the index asked', () => {
  const index = { id: 'x1', kind: 'document', shards: 16 } as const;
  assert.deepEqual(offsetsOfIndex({ 'x1/0': 5, 'x12/0': 6, 'x1/10': 7 }, index), { '0': 5, '10': 7 });
});

test('offsetsOfIndex: every shard of a term index reads the one partition', () => {
  const index = { id: 'x1', kind: 'term', shards: 3 } as const;
  assert.deepEqual(offsetsOfIndex({ 'x1/0': 5, 'x2/0': 9 }, index), { '0': 5, '1': 5, '2': 5 });
});

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

// Each row is no token.
const rows: [name: string, token: string][] = [
  ['empty', ''],
  ['not base64url of JSON', 'hello'],
  ['an array', encode([1])],
  ['null', encode(null)],
  ['a partition of another form', encode({ catalog: 1 })],
  ['an inherited name', encode(JSON.parse('{"__proto__":1}'))],
  ['an offset that is no integer', encode({ 'x1/0': 1.5 })],
  ['a negative offset', encode({ 'x1/0': -1 })],
  ['an offset as text', encode({ 'x1/0': '1' })],
  ['no partition', encode({})],
  ['a shard with a zero before it', encode({ 'x1/01': 1 })],
  ['a character that is not of base64url behind it', `${encode({ 'x1/0': 1 })}!`],
  ['padding', `${encode({ 'x1/0': 10 })}=`],
  ['white space in the JSON', Buffer.from('{ "x1/0":1}').toString('base64url')],
  ['a partition twice', Buffer.from('{"x1/0":1,"x1/0":2}').toString('base64url')],
];
for (const [name, token] of rows) {
  test(`decodeToken: refuses ${name}`, () => {
    assert.throws(() => decodeToken(token), { code: 'TOKEN_INVALID' });
  });
}

// Each row: a token's offsets; those a search of the index x1 with 3 shards must have reached, or undefined.
const searches: [name: string, offsets: Record<string, number>, expected: Record<string, number> | undefined][] = [
  ['some shards', { 'x1/0': 5, 'x1/2': 7 }, { '0': 5, '2': 7 }],
  ['a shard the index does not have', { 'x1/0': 5, 'x1/3': 7 }, undefined],
  ['another index', { 'x2/0': 5 }, undefined],
  ['this index and another', { 'x1/0': 5, 'x2/0': 5 }, undefined],
];
for (const [name, offsets, expected] of searches) {
  test(`offsetsForSearch: ${name}`, () => {
    const read = () => offsetsForSearch(encodeToken(offsets), { id: 'x1', kind: 'document', shards: 3 });
    if (expected === undefined) assert.throws(read, { code: 'TOKEN_INVALID' });
    else assert.deepEqual(read(), expected);
  });
}
