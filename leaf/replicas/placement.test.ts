import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CatalogState, IndexDefinition } from '../../shared/catalog/catalog.ts';
import { placeReplicas } from './placement.ts';

function index(id: string, shards: number, replicas: number): IndexDefinition {
  return { id, name: id, kind: 'document', schema: { fields: {}, dynamic: 'strict' }, shards, replicas };
}

const catalog: CatalogState = { offset: 2, indexes: { a: index('x1', 16, 1), b: index('x2', 4, 2) } };

// Each row: who is there, how many owners a shard of the index with one replica and of that with two has.
const rows: [name: string, leaves: string[], one: number, two: number][] = [
  ['nobody is known', [], 0, 0],
  ['a leaf alone', ['l0'], 1, 1],
  ['three leaves', ['l0', 'l1', 'l2'], 1, 2],
];
for (const [name, leaves, one, two] of rows) {
  test(`placeReplicas: ${name}`, () => {
    const placement = placeReplicas(catalog, leaves);
    assert.equal(placement.size, 20);
    for (const [replica, { indexId, shard, owners }] of placement) {
      assert.equal(replica, `${indexId}/${shard}`);
      assert.equal(new Set(owners).size, indexId === 'x1' ? one : two, replica);
      assert.ok(owners.every((owner) => leaves.includes(owner)));
    }
  });
}

test('placeReplicas: what is known of an index is not computed anew because there is another', () => {
  const leaves = ['l0', 'l1', 'l2'];
  const before = placeReplicas(catalog, leaves);
  const more = { offset: 3, indexes: { ...catalog.indexes, c: index('x3', 1, 1) } };
  const after = placeReplicas(more, leaves);
  assert.equal(after.size, 21);
  for (const [replica, placed] of before) assert.equal(after.get(replica), placed, replica);
  const fewer = placeReplicas(more, ['l0']);
  for (const { owners } of fewer.values()) assert.deepEqual(owners, ['l0']);
  const wider = { offset: 4, indexes: { ...more.indexes, b: index('x2', 4, 1) } };
  assert.equal(placeReplicas(wider, leaves).get('x2/0')?.owners.length, 1);
});
