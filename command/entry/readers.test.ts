import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SheafError } from '../../shared/errors.ts';
import { refusalToSkip, type Readers } from './readers.ts';

type Replica = Readers['indexes'][number]['replicasReported'][number];

function on(leaf: string, offset: number, more: Partial<Replica> = {}): Replica {
  return { shard: 1, leaf, offset, ...more };
}

const leaves = [
  { name: 'a', state: 'up' },
  { name: 'b', state: 'up' },
  { name: 'c', state: 'down' },
];

// Each row: where readers stand still, what replicas report, the partition, what is said of its batch from 7 on.
const rows: [name: string, stops: [string, number, string[]][], Replica[], partition: string, expected: string][] = [
  ['nobody stands still', [], [on('a', 9)], 'x/1', 'ENTRY_NOT_STOPPED stopped='],
  ['in another partition', [['x/0', 7, ['a']]], [], 'x/1', 'ENTRY_NOT_STOPPED stopped=x/0 7'],
  ['before another entry', [['x/1', 8, ['a']]], [on('a', 7)], 'x/1', 'ENTRY_NOT_STOPPED stopped=x/1 8'],
  ['in its files, before no entry', [['x/1', -1, ['a']]], [], 'x/1', 'ENTRY_NOT_STOPPED stopped=x/1 -1'],
  ['all before it', [['x/1', 7, ['a', 'b']]], [on('a', 6), on('b', 6)], 'x/1', ''],
  ['one before it, one further behind', [['x/1', 7, ['a']]], [on('a', 6), on('b', 2)], 'x/1', ''],
  ['one has read it', [['x/1', 7, ['a']]], [on('a', 6), on('b', 7)], 'x/1', 'ENTRY_READ_BY_SOME readBy=b'],
  ['two have', [['x/1', 7, ['a']]], [on('c', 9), on('a', 6), on('b', 8)], 'x/1', 'ENTRY_READ_BY_SOME readBy=b,c'],
  [
    'one has, and stands still further on',
    [
      ['x/1', 7, ['a']],
      ['x/1', 9, ['b']],
    ],
    [on('a', 6), on('b', 8)],
    'x/1',
    'ENTRY_READ_BY_SOME readBy=b',
  ],
  [
    'storage has it',
    [['x/1', 7, ['a']]],
    [on('a', 6, { stored: 7 })],
    'x/1',
    'ENTRY_READ_BY_SOME readBy=object storage',
  ],
  ['another shard is further', [['x/1', 7, ['a']]], [on('a', 6), on('b', 9, { shard: 0 })], 'x/1', ''],
  ['the catalog, all', [['catalog', 7, ['a', 'b', 'root']]], [on('a', 9)], 'catalog', ''],
  ['the catalog, one not', [['catalog', 7, ['a', 'root']]], [], 'catalog', 'ENTRY_READ_BY_SOME readBy=b'],
  ['the catalog, the root not', [['catalog', 7, ['a', 'b']]], [], 'catalog', 'ENTRY_READ_BY_SOME readBy=root'],
  [
    'the catalog, one earlier',
    [
      ['catalog', 7, ['a', 'root']],
      ['catalog', 5, ['b']],
    ],
    [],
    'catalog',
    '',
  ],
  ['the leases', [['leases', 7, ['root']]], [on('a', 9)], 'leases', ''],
];
for (const [name, stops, replicasReported, partition, expected] of rows) {
  test(`refusalToSkip: ${name}`, () => {
    const stopped = stops.map(([stop, offset, by]) => ({ partition: stop, offset, by }));
    const indexes = [{ id: 'x', kind: 'document', replicasReported }] as const;
    const refusal = refusalToSkip({ stopped, leaves, indexes }, { partition, firstOffset: 7 });
    assert.equal(refusal === null ? '' : `${refusal.code} ${factsOf(refusal)}`, expected);
  });
}

function factsOf({ detail }: SheafError): string {
  const name = 'readBy' in detail ? 'readBy' : 'stopped';
  return `${name}=${(detail[name] as string[]).join()}`;
}

test('refusalToSkip: all shards of a term index read one partition', () => {
  const indexes = [{ id: 'x', kind: 'term', replicasReported: [on('a', 6), on('b', 7, { shard: 3 })] }] as const;
  const stopped = [{ partition: 'x/0', offset: 7, by: ['a'] }];
  const refusal = refusalToSkip({ stopped, leaves, indexes }, { partition: 'x/0', firstOffset: 7 });
  assert.deepEqual([refusal?.code, refusal?.detail['readBy']], ['ENTRY_READ_BY_SOME', ['b']]);
});
