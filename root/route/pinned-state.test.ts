import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SheafError } from '../../shared/errors.ts';
import { decodeState, encodeState, pinnedBy } from './pinned-state.ts';

const index = { id: 'x7', shards: 4 };
const state = pinnedBy([
  { leaf: 'b', partial: { shards: [1, 3], offsets: { 1: 10, 3: -1 } } },
  { leaf: 'a', partial: { shards: [0], offsets: { 0: 4 } } },
]);
const pack = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

test('pinned state: what is written is what is read', () => {
  const read = decodeState(encodeState('x7', state), index);
  assert.deepEqual(
    [...read].sort(([a], [b]) => a - b),
    [
      [0, { offset: 4, leaf: 'a' }],
      [1, { offset: 10, leaf: 'b' }],
      [3, { offset: -1, leaf: 'b' }],
    ],
  );
  assert.equal(decodeState(encodeState('x7', new Map()), index).size, 0);
});

test('pinned state: one of the index before it was restored is refused by name', () => {
  const restored = { id: 'x7', log: 'of before', offsets: [4, 10, -1, 2], base: 11 };
  const inPlace = { id: 'x0-abcdefgh-b', shards: 4, restored };
  assert.throws(() => decodeState(encodeState('x7', state), inPlace), { code: 'INDEX_RESTORED', at: 'at' });
  assert.throws(() => decodeState(encodeState('x8', state), inPlace), { code: 'PIN_INVALID' });
});

// Each row: what is wrong, the text.
const bad: [name: string, text: string][] = [
  ['no base64', '!!'],
  ['no JSON', Buffer.from('{').toString('base64url')],
  ['an object', pack({})],
  ['nothing', pack([])],
  ['another index', encodeState('x8', state)],
  ['a shard that is not there', pack(['x7', ['a'], [4, 1, 0]])],
  ['a shard that is no number', pack(['x7', ['a'], ['1', 1, 0]])],
  ['an offset below −1', pack(['x7', ['a'], [1, -2, 0]])],
  ['a leaf without a name', pack(['x7', ['a'], [1, 1, 1]])],
  ['a leaf that is a number', pack(['x7', [5], [1, 1, 0]])],
  ['a shard twice', pack(['x7', ['a'], [1, 1, 0], [1, 2, 0]])],
  ['a row that is none', pack(['x7', ['a'], 5])],
  ['more in it', `${encodeState('x7', state)}A`],
];
for (const [name, text] of bad) {
  test(`pinned state: refuses ${name}`, () => {
    assert.throws(
      () => decodeState(text, index),
      (error) => error instanceof SheafError && error.code === 'PIN_INVALID' && error.at === 'at',
    );
  });
}
