import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CatalogState, IndexDefinition } from '../../shared/catalog/catalog.ts';
import { desiredReplicas, replicaName } from './desired.ts';

function index(id: string, shards: number, replicas: number): IndexDefinition {
  return { id, name: id, kind: 'document', schema: { fields: {}, dynamic: 'strict' }, shards, replicas };
}

const catalog: CatalogState = { offset: 2, indexes: { a: index('x1', 16, 1), b: index('x2', 4, 2) } };
const leaves = ['l0', 'l1', 'l2'];

function namesOf(members: readonly string[], own: string): string[] {
  return desiredReplicas(catalog, members, own).map(({ indexId, shard }) => replicaName(indexId, shard));
}

test('desiredReplicas: the leaves together have every shard as often as it has replicas', () => {
  const counts = new Map<string, number>();
  for (const leaf of leaves) for (const name of namesOf(leaves, leaf)) counts.set(name, (counts.get(name) ?? 0) + 1);
  assert.equal(counts.size, 20);
  for (const [name, count] of counts) assert.equal(count, name.startsWith('x2/') ? 2 : 1, name);
});

const rows: [name: string, members: string[], own: string, count: number][] = [
  ['nobody is known', [], 'l0', 0],
  ['a leaf that nobody named', ['l1', 'l2'], 'l0', 0],
  ['a leaf alone', ['l0'], 'l0', 20],
];
for (const [name, members, own, count] of rows) {
  test(`desiredReplicas: ${name}`, () => assert.equal(namesOf(members, own).length, count));
}
