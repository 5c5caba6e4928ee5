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
