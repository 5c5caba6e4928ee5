import assert from 'node:assert/strict';
import { test } from 'node:test';
import { shardOfKey } from '../../shared/hashing/hash.ts';
import { collisionOf } from './collision.ts';
import { deletionsOf, originOf } from './copies.ts';

const texts = Array.from({ length: 1000 }, (_, i) => `t${i}`);
const [index, target] = [{ shards: 4 }, { shards: 3 }];

/** A text by which things are in that shard of the index, and in that of the target. */
function textIn(shard: number, there: number, not: readonly string[] = []): string {
  return texts.find((text) => !not.includes(text) && shardOfKey(text, 4) === shard && shardOfKey(text, 3) === there)!;
}

const key = textIn(1, 2);
const [a, b, c, d] = [textIn(1, 0), textIn(1, 1), textIn(2, 0), textIn(1, 2, [key])];
const known: Readonly<Record<string, string | null>> = { a, b, c, d, '-': null };
const nameOf = (routing: string | null): string => Object.keys(known).find((name) => known[name] === routing)!;

const place = (name: string, sequence = 7) => {
  const routing = known[name]!;
  return { key, routing, sequence, shard: shardOfKey(routing ?? key, 3) };
};

// Each row: the situation, by what the key is routed now in shard 1, else its last routing, what the target has of it, what goes, each
// up to version 21. `a` and `b` are of shard 1, and of 0 and 1 of the target; `c` is of 2 and 0; `d` and the key
// itself are of 1 and 2.
const rows: [name: string, now: string | null, last: string, copies: string, expected: string][] = [
  ['gone, and its copy is where its key is', null, '-', '-', '-21'],
  ['gone, and its copy is elsewhere, though its key is of the same shard', null, '-', 'a', 'a21'],
  ['gone, twice routed', null, '-', 'a b', 'a21 b21'],
  ['gone, and another shard has a document of its key', null, '-', 'a c', 'a21'],
  ['gone, the only copy is of another shard', null, '-', 'c', '-21'],
  ['gone before it was copied: what comes late is older', null, '-', '', '-21'],
  ['there, and does not match: what comes late is older', null, 'a', '', 'a21'],
  ['there, does not match, and was copied', null, 'a', 'a', 'a21'],
  ['there, and its copy is in its place', 'a', '-', 'a', ''],
  ['there, and not copied yet', 'a', '-', '', ''],
  ['routed anew into another shard of the target', 'b', '-', 'a', 'a21'],
  ['routed anew within a shard of the target', 'd', '-', '-', ''],
  ['routed by its key again', '-', '-', 'a c', 'a21'],
];
for (const [name, said, last, copies, expected] of rows) {
  test(`deletionsOf: ${name}`, () => {
    const now = said === null ? null : { routing: known[said]! };
    const placed = copies === '' ? [] : copies.split(' ').map((each) => place(each));
    const asked = { key, now, routing: known[last]!, copies: placed, version: 21 };
    const found = deletionsOf({ index, shard: 1, target }, asked);
    const shown = found.map(({ routing, version }) => `${nameOf(routing)}${version}`).join(' ');
    assert.equal(shown, expected);
  });
}

test('deletionsOf: what comes without a routing is not written where one is required', () => {
  const asked = { key, now: null, routing: null, copies: [], version: 21 };
  const required = { routing: 'required' } as const;
  assert.deepEqual(deletionsOf({ index, shard: 1, target: { ...target, ...required } }, asked), []);
  assert.deepEqual(deletionsOf({ index: { ...index, ...required }, shard: 1, target }, asked), []);
});

test('deletionsOf: a version is not buried where the copy of another document is', () => {
  const foreign = textIn(2, 2);
  const copies = [{ key, routing: foreign, sequence: 3, shard: 2 }];
  const asked = { key, now: null, routing: null, copies, version: 21 };
  assert.deepEqual(deletionsOf({ index, shard: 1, target }, asked), []);
});

test('deletionsOf: of what came first in the log nothing was copied before', () => {
  const asked = { key, now: null, routing: null, copies: [place('-')], version: 0 };
  assert.deepEqual(deletionsOf({ index, shard: 1, target }, asked), []);
});

test('originOf: the same index and query is the same, in whatever index of that name', () => {
  const query = { term: { year: 1999 } };
  const origins = [{ indexId: 'x7' }, { indexId: 'x8' }, { indexId: 'x7', query }, { indexId: 'x7', query: {} }].map(
    originOf,
  );
  assert.equal(new Set(origins).size, 4);
  assert.equal(originOf({ indexId: 'x7', query: { ...query } }), origins[2]);
  for (const origin of origins) assert.ok(origin > 0 && origin <= 0xffffffff);
});

// Each row: the situation, the documents of the key in the index (routing and sequence), what the target has in its shard 0 (null: nothing,
// undefined: not asked), the routings that meet there. All up to 10 was copied.
const meetings: [name: string, here: string, there: string | null | undefined, expected: string | null][] = [
  ['one', 'a5', undefined, null],
  ['none', '', null, null],
  ['two of different shards of the target', 'a5 b5', undefined, null],
  ['two of one', 'a5 c5', undefined, 'a c'],
  ['two of one, of which one was not copied', 'a5 c50', 'a', 'a c'],
  ['one, which is the copy', 'a5', 'a', null],
  ['one, whose copy lost to one that is gone', 'c5', 'a', 'c a'],
  ['one, whose copy lost to a deletion of another', 'c5', null, 'c'],
  ['one that is copied again', 'a11', null, null],
];
for (const [name, here, there, expected] of meetings) {
  test(`collisionOf: ${name}`, () => {
    const documents = here === '' ? [] : here.split(' ').map((each) => inIndex(each[0]!, Number(each.slice(1))));
    const copy = typeof there === 'string' ? place(there) : there;
    const met = collisionOf({ key, shard: 0, here: documents, there: copy }, target, [10, 10, 10, 10]);
    assert.deepEqual(
      met,
      expected === null ? null : { key, shard: 0, routings: expected.split(' ').map((each) => known[each]) },
    );
  });
}

function inIndex(name: string, sequence: number) {
  const routing = known[name]!;
  return { key, routing, sequence, shard: shardOfKey(routing ?? key, 4) };
}
