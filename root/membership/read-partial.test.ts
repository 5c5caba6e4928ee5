import assert from 'node:assert/strict';
import { test } from 'node:test';
import { packHits } from '../../shared/protocol/hit-table.ts';
import type { FetchTask, RefreshTask, SearchTask } from '../../shared/protocol/tasks.ts';
import { readPartial } from './read-partial.ts';

const task: RefreshTask = { kind: 'refresh', index: 'x0', shards: [0, 1], remainingMs: 10 };
const noBody = new Uint8Array();
const good = { kind: 'refresh', shards: [0], failures: [{ shard: 1, code: 'LEAF_BUSY' }], documents: 1, offsets: {} };

test('readPartial: takes what a leaf sends', () => assert.equal(readPartial(task, good, noBody), good));

// Each row: what a leaf must not send.
const bad: [name: string, header: unknown][] = [
  ['null', null],
  ['an array', []],
  ['a text', 'x'],
  ['another kind', { ...good, kind: 'search' }],
  ['no shards', { ...good, shards: undefined }],
  ['shards that are no numbers', { ...good, shards: ['0'] }],
  ['no failures', { ...good, failures: {} }],
  ['a failure that is null', { ...good, failures: [null] }],
  ['a failure without a known code', { ...good, failures: [{ shard: 1, code: 'toString' }] }],
];
for (const [name, header] of bad) {
  test(`readPartial: refuses ${name}`, () => assert.equal(readPartial(task, header, noBody), undefined));
}

const fetch: FetchTask = { ...task, kind: 'fetch', hits: { 0: [3] }, source: true };
const found = { shards: [0], offsets: [3], sourceBytes: [2] };

test('readPartial: takes sources, and none that do not fill the body', () => {
  const partial = { ...good, kind: 'fetch', found };
  assert.equal(readPartial(fetch, partial, new Uint8Array(2)), partial);
  assert.equal(readPartial(fetch, partial, new Uint8Array(3)), undefined);
  assert.equal(readPartial(fetch, { ...good, kind: 'fetch' }, noBody), undefined);
});

const search: SearchTask = {
  ...task,
  kind: 'search',
  query: { kind: 'all' },
  k: 10,
  sort: [{ by: 'score', descending: true }],
  source: true,
  aggregations: {},
};
const { table } = packHits([{ shard: 0, offset: 3, values: [1.5], score: 1.5, key: 'ab' }], [Buffer.from('{}')]);

// Each row: what the hits and the body of a partial must not be; the proper ones have a body of 4 bytes.
const hits: [name: string, hits: unknown, bodyBytes: number][] = [
  ['no hits', undefined, 4],
  ['hits in rows', [], 4],
  ['a column that is too short', { ...table, offsets: [] }, 4],
  ['a column that is none', { ...table, scores: 3 }, 4],
  ['values of another sort', { ...table, values: [1, 2] }, 4],
  ['a body that is too short', table, 3],
  ['a body that is too long', table, 5],
  ['lengths that are no numbers', { ...table, keyBytes: ['4'] }, 4],
];
const partialOf = (of: unknown): unknown => ({ ...good, kind: 'search', hits: of });

test('readPartial: takes hits', () => assert.ok(readPartial(search, partialOf(table), new Uint8Array(4))));
for (const [name, of, bodyBytes] of hits) {
  test(`readPartial: refuses ${name}`, () => {
    assert.equal(readPartial(search, partialOf(of), new Uint8Array(bodyBytes)), undefined);
  });
}
