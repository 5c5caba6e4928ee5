import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeToken, encodeToken, highestOffsets, highest, offsetsForSearch, offsetsOfIndex } from './token.ts';
import { tokenOfAnswer } from './token.ts';

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

test('tokenOfAnswer: what was reached or asked, whichever is more', () => {
  const index = { id: 'x1', kind: 'document' } as const;
  const partials = [
    { shards: [0, 2], offsets: { 0: 7, 2: -1 } },
    { shards: [1], offsets: { 1: 3 } },
  ];
  const token = tokenOfAnswer(index, { 1: 2, 3: 9 }, partials)!;
  assert.deepEqual(decodeToken(token), { 'x1/0': 7, 'x1/1': 3, 'x1/3': 9 });
  assert.deepEqual(highest({ 'x1/0': 9, 'x1/2': 1 }, { 'x1/0': 7, 'x1/3': 2 }), { 'x1/0': 9, 'x1/2': 1, 'x1/3': 2 });
  assert.equal(tokenOfAnswer(index, {}, [{ shards: [0], offsets: { 0: -1 } }]), null);
  const term = { id: 'x1', kind: 'term' } as const;
  assert.deepEqual(decodeToken(tokenOfAnswer(term, { 0: 4, 1: 4 }, [{ shards: [1], offsets: { 1: 5 } }])!), {
    'x1/0': 5,
  });
});

const encode = (...bytes: number[]): string => Buffer.from(bytes).toString('base64url');
/** x1/0 at offset 5. */
const one = [1, 2, 120, 49, 1, 0, 0, 5, 0];

test('encodeToken: as the page of its bytes has it', () => {
  assert.equal(encodeToken({ 'x1/0': 5 }), encode(...one));
  const two = encode(1, 2, 120, 49, 2, 0, 1, 0, 2, 5, 2, 0, 0, 44, 1);
  assert.deepEqual([encodeToken({ 'x1/0': 5, 'x1/3': 305 }), encodeToken({ 'x1/3': 305, 'x1/0': 5 })], [two, two]);
});

test('encodeToken: a token of many shards stays short', () => {
  const sizeOf = (shards: number, spread: number) => {
    const offsets = Array.from({ length: shards }, (_, i): [string, number] => [
      `x1/${i}`,
      1_000_000 + ((i * 7919) % spread),
    ]);
    return encodeToken(Object.fromEntries(offsets)).length;
  };
  assert.deepEqual([sizeOf(16, 200), sizeOf(1024, 200), sizeOf(1024, 60_000)], [36, 1382, 2747]);
});

// Each row is no token.
const rows: [name: string, token: string][] = [
  ['empty', ''],
  ['no token', 'hello'],
  ['JSON', Buffer.from('{"x1/0":1}').toString('base64url')],
  ['another version', encode(2, ...one.slice(1))],
  ['no index', encode(1)],
  ['no partition', encode(1, 2, 120, 49, 0, 0, 0, 0, 0)],
  ['that breaks off', encode(...one.slice(0, -1))],
  ['that goes on', encode(...one, 0)],
  ['an index of another form', encode(1, 2, 89, 49, 1, 0, 0, 5, 0)],
  ['more partitions than an index has', encode(1, 2, 120, 49, 129, 8, 0, 0, 5, 0)],
  ['an offset beyond 2^53', encode(1, 2, 120, 49, 1, 0, 0, 128, 128, 128, 128, 128, 128, 128, 128, 1, 0)],
  ['a number that never ends', encode(1, 2, 120, 49, ...Array.from({ length: 30 }, () => 255))],
  ['a column wider than a number', encode(1, 2, 120, 49, 1, 0, 0, 5, 8, 0, 0, 0, 0, 0, 0, 0, 0)],
  ['a column wider than it need be', encode(1, 2, 120, 49, 1, 0, 0, 5, 1, 0)],
  ['an index twice', encode(...one, ...one.slice(1))],
  ['indexes in another order', encode(1, 2, 120, 50, 1, 0, 0, 5, 0, ...one.slice(1))],
  ['a character that is not of base64url behind it', `${encode(...one)}!`],
  ['padding', `${encode(...one)}=`],
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
