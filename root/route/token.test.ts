import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SheafError } from '../../shared/errors.ts';
import { partsOfReads, partsOfWrites, tokenOfIndex } from '../several/split-token.ts';
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

const took = [{ id: 'x1', until: [5, 2], from: [7, -1, 9] }];
const copy = { id: 'x4', kind: 'document', shards: 3, took } as const;

// Each row: a token's offsets; those a search of the copy that took the place of x1 must have reached, or undefined; and beside x1 itself.
const carried: [name: string, offsets: Record<string, number>, expected: Record<string, number> | undefined][] = [
  ['of what was copied', { 'x1/0': 5 }, { '0': 7, '2': 9 }],
  ['of that, in both shards', { 'x1/0': 4, 'x1/1': 2 }, { '0': 7, '2': 9 }],
  ['of what came behind', { 'x1/0': 6 }, undefined],
  ['of what came behind in one shard', { 'x1/0': 5, 'x1/1': 3 }, undefined],
  ['of both indexes', { 'x1/0': 5, 'x4/0': 8, 'x4/1': 3 }, { '0': 8, '1': 3, '2': 9 }],
  ['of another', { 'x2/0': 1 }, undefined],
];
for (const [name, offsets, expected] of carried) {
  test(`offsetsForSearch: of a copy that took a place, a token ${name}`, () => {
    const token = encodeToken(offsets);
    const reads = [
      () => offsetsForSearch(token, copy),
      () => offsetsOfIndex(decodeToken(partsOfWrites(token, [copy]).get('x4')!), copy),
    ];
    for (const read of reads) {
      if (expected === undefined) assert.throws(read, { code: 'TOKEN_INVALID' });
      else assert.deepEqual(read(), expected);
    }
    // Where the index is searched, too, it is looked for there.
    const beside = partsOfReads(token, [copy, { id: 'x1' }]);
    assert.equal(
      beside.has('x1'),
      Object.keys(offsets).some((partition) => partition.startsWith('x1/')),
    );
  });
}

const restored = { id: 'x1', log: 'of before', offsets: [5, -1, 9], base: 100 };
const inPlace = { id: 'x0-abcdefgh-2s', kind: 'document', shards: 3, restored } as const;

// Each row: the offsets of a token, and the code with which a search of the restored index refuses it; none where it is read.
test('partsOfReads: a token of a restored index and of the one that it is of, both of which are there', () => {
  const token = encodeToken({ 'x0-abcdefgh-2s/0': 101, 'x1/0': 5 });
  assert.deepEqual([...partsOfReads(token, [inPlace, { id: 'x1' }]).keys()], ['x0-abcdefgh-2s', 'x1']);
  assert.throws(() => partsOfReads(token, [inPlace]), { code: 'INDEX_RESTORED' });
});

const ofBefore: [name: string, offsets: Record<string, number>, code: string | null][] = [
  ['of the index as it is', { 'x0-abcdefgh-2s/0': 101 }, null],
  ['of the index before', { 'x1/0': 5 }, 'INDEX_RESTORED'],
  ['of a shard of which nothing is back', { 'x1/1': 0 }, 'INDEX_RESTORED'],
  ['of another index, of the same log', { 'x2/0': 5 }, 'TOKEN_INVALID'],
];
for (const [name, offsets, code] of ofBefore) {
  test(`offsetsForSearch: of a restored index, a token ${name}`, () => {
    const token = encodeToken(offsets);
    const reads = [() => offsetsForSearch(token, inPlace, 'sheaf-token'), () => partsOfWrites(token, [inPlace])];
    for (const read of reads) {
      if (code === null) read();
      else assert.throws(read, { code });
    }
    const readOfSome = () => tokenOfIndex(token, inPlace);
    if (code === 'INDEX_RESTORED') assert.throws(readOfSome, { code, at: 'sheaf-token' });
    else assert.equal(readOfSome(), code === null ? token : undefined);
  });
}

test('offsetsForSearch: who has a token of the index before is told how far each shard is back', () => {
  assert.throws(
    () => offsetsForSearch(encodeToken({ 'x1/2': 11 }), inPlace),
    ({ detail }: SheafError) => {
      assert.deepEqual(detail, { id: 'x1', now: inPlace.id, shards: 3, restoredTo: [5, -1, 9] });
      return true;
    },
  );
});
