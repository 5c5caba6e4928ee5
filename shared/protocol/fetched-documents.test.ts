import assert from 'node:assert/strict';
import { test } from 'node:test';
import { areFetchedDocuments, eachFetched } from './fetched-documents.ts';

const good = { shards: [3, 3], offsets: [7, 9], keyBytes: [1, 3], sourceBytes: [2, 7] };

test('eachFetched: gives every document its place', () => {
  const given: string[] = [];
  eachFetched(good, Buffer.from('a{}bü{"x":1}'), (shard, offset, { key, source }) => {
    given.push(`${shard}/${offset} ${key} ${Buffer.from(source).toString()}`);
  });
  assert.deepEqual(given, ['3/7 a {}', '3/9 bü {"x":1}']);
});

// Each row: what a leaf sends, the bytes of the body, whether it can be used.
const rows: [name: string, value: unknown, bodyBytes: number, usable: boolean][] = [
  ['what fits', good, 13, true],
  ['nothing found', { shards: [], offsets: [], keyBytes: [], sourceBytes: [] }, 0, true],
  ['no object', null, 0, false],
  ['rows in place of columns', [{ shard: 3, offset: 7, keyBytes: 0, sourceBytes: 2 }], 2, false],
  ['a column that is too short', { ...good, offsets: [7] }, 13, false],
  ['a column that is missing', { shards: [3, 3], offsets: [7, 9], sourceBytes: [2, 7] }, 9, false],
  ['an offset that is no number', { ...good, offsets: ['7', 9] }, 13, false],
  ['a negative length', { ...good, sourceBytes: [-2, 11] }, 13, false],
  ['a body that is too short', good, 12, false],
  ['a body that is too long', good, 14, false],
];
for (const [name, value, bodyBytes, usable] of rows) {
  test(`areFetchedDocuments: ${name}`, () => assert.equal(areFetchedDocuments(value, bodyBytes), usable));
}
