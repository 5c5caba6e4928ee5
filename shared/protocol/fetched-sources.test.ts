import assert from 'node:assert/strict';
import { test } from 'node:test';
import { areFetchedSources, eachSource } from './fetched-sources.ts';

const good = { shards: [3, 3], offsets: [7, 9], sourceBytes: [2, 7] };

test('eachSource: gives every source its place', () => {
  const given: string[] = [];
  eachSource(good, Buffer.from('{}{"x":1}'), (shard, offset, source) => {
    given.push(`${shard}/${offset} ${Buffer.from(source).toString()}`);
  });
  assert.deepEqual(given, ['3/7 {}', '3/9 {"x":1}']);
});

// Each row: what a leaf sends, the bytes of the body, whether it can be used.
const rows: [name: string, value: unknown, bodyBytes: number, usable: boolean][] = [
  ['what fits', good, 9, true],
  ['nothing found', { shards: [], offsets: [], sourceBytes: [] }, 0, true],
  ['no object', null, 0, false],
  ['rows in place of columns', [{ shard: 3, offset: 7, sourceBytes: 2 }], 2, false],
  ['a column that is too short', { ...good, offsets: [7] }, 9, false],
  ['a column that is missing', { shards: [3, 3], offsets: [7, 9] }, 9, false],
  ['an offset that is no number', { ...good, offsets: ['7', 9] }, 9, false],
  ['a negative length', { ...good, sourceBytes: [-2, 11] }, 9, false],
  ['a body that is too short', good, 8, false],
  ['a body that is too long', good, 10, false],
];
for (const [name, value, bodyBytes, usable] of rows) {
  test(`areFetchedSources: ${name}`, () => assert.equal(areFetchedSources(value, bodyBytes), usable));
}
