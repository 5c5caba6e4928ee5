import assert from 'node:assert/strict';
import { test } from 'node:test';
import { emptyCatalog, type CatalogState, type IndexDefinition } from '../../shared/catalog/catalog.ts';
import { TrieMap } from '../../shared/trie/trie-map.ts';
import { KeptPlacement, placeReplicas } from './placement.ts';

function index(id: string, shards: number, replicas: number): IndexDefinition {
  return { id, name: id, kind: 'document', schema: { fields: {}, dynamic: 'strict' }, shards, replicas };
}

const catalog: CatalogState = {
  ...emptyCatalog,
  offset: 2,
  indexes: TrieMap.of([
    ['a', index('x1', 16, 1)],
    ['b', index('x2', 4, 2)],
  ]),
};

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

const leaves = ['l0', 'l1', 'l2'];
const { indexes } = catalog;

const zones = new Map([
  ['l0', 'a'],
  ['l1', 'a'],
  ['l2', 'b'],
]);

// Each row: what the catalog and the ring become, how many replicas are looked at again.
const changes: [name: string, after: CatalogState, leaves: string[], touched: number, zones?: typeof zones][] = [
  ['nothing', catalog, leaves, 0],
  ['another index', { ...emptyCatalog, offset: 3, indexes: indexes.with('c', index('x3', 1, 1)) }, leaves, 1],
  [
    'an index with fewer replicas',
    { ...emptyCatalog, offset: 3, indexes: indexes.with('b', index('x2', 4, 1)) },
    leaves,
    4,
  ],
  ['an index less', { ...emptyCatalog, offset: 3, indexes: indexes.without('a') }, leaves, 16],
  [
    'an index that was deleted and created',
    { ...emptyCatalog, offset: 4, indexes: indexes.with('b', index('x4', 2, 1)) },
    leaves,
    6,
  ],
  ['another leaf', catalog, ['l0', 'l1'], 20],
  ['no leaf', catalog, [], 20],
  ['zones', catalog, leaves, 20, zones],
  ['zones of leaves that are not there', catalog, leaves, 0, new Map([['l9', 'a']])],
];
for (const [name, after, ring, touched, zonesAfter] of changes) {
  test(`KeptPlacement: ${name}`, () => {
    const kept = new KeptPlacement();
    kept.follow(catalog, leaves);
    assert.equal(kept.takeTouched().size, 20);
    const before = new Map(kept.placement);
    kept.follow(after, ring, zonesAfter);
    const names = kept.takeTouched();
    assert.equal(names.size, touched);
    assert.deepEqual(new Map(kept.placement), placeReplicas(after, ring, zonesAfter));
    for (const [replica, placed] of before) if (!names.has(replica)) assert.equal(kept.placement.get(replica), placed);
    assert.equal(kept.takeTouched().size, 0);
  });
}

test('KeptPlacement: where zones change and nothing else, what is placed is placed by them', () => {
  const kept = new KeptPlacement();
  kept.follow(catalog, leaves, zones);
  kept.takeTouched();
  const moved = new Map(zones).set('l1', 'b');
  kept.follow(catalog, leaves, moved);
  assert.equal(kept.takeTouched().size, 20);
  for (const { indexId, owners } of kept.placement.values()) {
    if (indexId === 'x2') assert.equal(new Set(owners.map((leaf) => moved.get(leaf))).size, 2, owners.join());
  }
});

test('KeptPlacement: an index that cannot be placed changes nothing', () => {
  const kept = new KeptPlacement();
  kept.follow(catalog, leaves);
  const before = new Map(kept.placement);
  const unknown = { ...index('x9', 1, 1), kind: 'of tomorrow' } as unknown as IndexDefinition;
  assert.throws(() =>
    kept.follow({ ...emptyCatalog, offset: 3, indexes: indexes.without('a').with('z', unknown) }, leaves),
  );
  assert.deepEqual(new Map(kept.placement), before);
});
