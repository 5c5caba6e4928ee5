import assert from 'node:assert/strict';
import { test } from 'node:test';
import { shardOfKey } from '../hashing/hash.ts';
import { parseIndexBody } from '../schema/parse.ts';
import { indexKinds, servedKinds, type IndexKind } from './index-kinds.ts';
import { partitionOf, shardsOfKey, shardsOfPartition } from './partitions.ts';

const shards = 4;
const own = [shardOfKey('key', shards)];

// Each row: the kind; the partition that shard 2 reads, the shards that have a key, those that read partition 0.
const places: [kind: IndexKind, partition: string, ofKey: number[], ofPartition: number[]][] = [
  ['document', 'x1/2', own, [0]],
  ['term', 'x1/0', [0, 1, 2, 3], [0, 1, 2, 3]],
  ['rollup', 'x1/2', own, [0]],
];
for (const [kind, partition, ofKey, ofPartition] of places) {
  test(`partitions: of a ${kind} index`, () => {
    const index = { id: 'x1', kind, shards };
    assert.equal(partitionOf(index, 2), partition);
    assert.deepEqual(shardsOfKey(index, 'key'), ofKey);
    assert.deepEqual(shardsOfPartition(index, 0), ofPartition);
  });
}

const fields = { title: { kind: 'text' } };
const rollup = { dimensions: { page: { kind: 'keyword' } }, metrics: { views: { keep: ['sum'] } } };

// Each row: the kind, its schema as written, as shown, the fields that leaves keep.
const schemas: [kind: IndexKind, written: object, shown: object, kept: string[]][] = [
  ['document', { fields }, { fields, dynamic: 'strict' }, ['title']],
  ['term', { fields, dynamic: false }, { fields, dynamic: 'false' }, ['title']],
  ['rollup', rollup, rollup, ['_count', '_high.views', '_low.views', 'page']],
];
for (const [kind, written, shown, kept] of schemas) {
  test(`indexKinds: the schema of a ${kind} index`, () => {
    const contents = parseIndexBody({ kind, schema: written });
    assert.deepEqual(indexKinds[kind].shownSchema(contents), shown);
    assert.deepEqual(
      indexKinds[kind].keptFields(contents).map(({ name }) => name),
      kept,
    );
    assert.deepEqual(indexKinds[kind].lastingDifferences(contents, contents), {});
  });
}

test('indexKinds: what is asked of a roll-up differs for good where its schema does', () => {
  const existing = parseIndexBody({ kind: 'rollup', schema: rollup });
  const asked = parseIndexBody({ kind: 'rollup', schema: { dimensions: rollup.dimensions } });
  const { rollup: differs } = indexKinds.rollup.lastingDifferences(existing, asked);
  assert.deepEqual(differs, {
    reason: 'the dimensions and metrics of a roll-up cannot change',
    existing: existing.rollup,
    asked: asked.rollup,
  });
});

test('servedKinds: in the order in which callers are told of them', () => {
  assert.deepEqual(servedKinds, ['document', 'term', 'rollup']);
});
