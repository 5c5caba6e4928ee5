import assert from 'node:assert/strict';
import { test } from 'node:test';
import { replicasOf } from '../../shared/protocol/replicas.ts';
import { toldHeads, trimFloors, type TrimFloor } from './trim-floors.ts';

const index = { id: 'x0', kind: 'document', shards: 2 } as const;
const terms = { id: 'x1', kind: 'term', shards: 2 } as const;

/** What a leaf tells: of each shard `offset` or `offset stored`. */
function leafOf(id: string, replicas: Readonly<Record<number, string>>) {
  return {
    replicas: replicasOf(
      Object.entries(replicas).map(([shard, text]) => {
        const [offset, stored] = text.split(' ').map(Number);
        const known = stored === undefined ? {} : { stored };
        return { index: id, shard: Number(shard), state: 'ready', offset: offset!, documents: 0, ...known } as const;
      }),
    ),
  };
}

// Each row: the index, what the leaves tell of its shards, how many entries are kept, what may go.
type Row = [
  name: string,
  of: typeof index | typeof terms,
  leaves: readonly Readonly<Record<number, string>>[],
  kept: number,
  floors: TrimFloor[],
];
const rows: Row[] = [
  ['nothing without a store', index, [{ 0: '900', 1: '900' }], 0, []],
  ['nothing before anybody is heard', index, [], 0, []],
  [
    'up to what is stored, each partition for itself',
    index,
    [{ 0: '900 500', 1: '900 700' }],
    0,
    [
      { partition: 'x0/0', before: 501 },
      { partition: 'x0/1', before: 701 },
    ],
  ],
  ['what is kept stays', index, [{ 0: '900 500', 1: '900 99' }], 100, [{ partition: 'x0/0', before: 401 }]],
  [
    'whoever has seen most of the store',
    index,
    [{ 0: '900 500' }, { 0: '900 800' }],
    0,
    [{ partition: 'x0/0', before: 801 }],
  ],
  [
    'not beyond a replica that is there',
    index,
    [{ 0: '900 800' }, { 0: '300' }],
    0,
    [{ partition: 'x0/0', before: 301 }],
  ],
  ['not beyond one that begins', index, [{ 0: '900 800' }, { 0: '-1' }], 0, []],
  [
    'a term index: as far as all of its shards are stored',
    terms,
    [{ 0: '900 800', 1: '900 600' }],
    0,
    [{ partition: 'x1/0', before: 601 }],
  ],
  ['a term index of which a shard is not stored', terms, [{ 0: '900 800', 1: '900' }], 0, []],
  ['a term index of which a shard is unknown', terms, [{ 0: '900 800' }], 0, []],
];

for (const [name, of, leaves, keptEntries, floors] of rows) {
  test(`trimFloors: ${name}`, () => {
    const told = leaves.map((replicas) => leafOf(of.id, replicas));
    assert.deepEqual(trimFloors({ indexes: [of], leaves: told, busy: new Set(), keptEntries }), floors);
    assert.deepEqual(trimFloors({ indexes: [of], leaves: told, busy: new Set([of.id]), keptEntries }), []);
  });
}

test('trimFloors: of a partition that is idle nothing is kept beyond what is needed', () => {
  const leaves = [leafOf(index.id, { 0: '50 50', 1: '50 40' }), leafOf(index.id, { 0: '30' })];
  const ground = { indexes: [index], leaves, busy: new Set<string>(), keptEntries: 100 };
  assert.deepEqual(trimFloors(ground), []);
  assert.deepEqual(trimFloors(ground, new Set(['x0/0'])), [{ partition: 'x0/0', before: 31 }]);
  assert.deepEqual(trimFloors({ ...ground, busy: new Set([index.id]) }, new Set(['x0/0', 'x0/1'])), []);
});

test('toldHeads: the last that any replica has, of a term index of all shards', () => {
  const leaves = [
    leafOf(index.id, { 0: '50 50' }),
    leafOf(index.id, { 0: '30' }),
    leafOf(terms.id, { 0: '7', 1: '9' }),
  ];
  const heads = toldHeads({ indexes: [index, terms], leaves });
  assert.deepEqual(
    [...heads],
    [
      ['x0/0', 50],
      ['x0/1', -1],
      ['x1/0', 9],
    ],
  );
});
