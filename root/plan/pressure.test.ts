import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pressureOn } from './pressure.ts';

const reports = new Map([
  ['calm', { overloaded: false, shedding: false }],
  ['full', { overloaded: true, shedding: false }],
  ['shed', { overloaded: false, shedding: true }],
  ['both', { overloaded: true, shedding: true }],
  ['old', {}],
]);

// Each row: the replicas of every shard, whether the index is overloaded and sheds.
const rows: [name: string, shards: string, overloaded: boolean, shedding: boolean][] = [
  ['no leaf is in trouble', 'calm,calm calm,calm', false, false],
  ['one of two replicas is not', 'full,calm calm,full', false, false],
  ['every replica of one shard is', 'full,calm full,both', true, false],
  ['the same for batch work', 'shed,calm shed,both', false, true],
  ['one says both', 'both', true, true],
  ['a leaf that says nothing of it is in no trouble', 'full,old', false, false],
  ['nor is one that has not reported', 'full,gone', false, false],
];
for (const [name, shards, overloaded, shedding] of rows) {
  test(`pressureOn: ${name}`, () => {
    const owners = shards.split(' ').map((replicas) => replicas.split(','));
    assert.deepEqual(pressureOn(owners, reports), { overloaded, shedding });
  });
}

test('pressureOn: a shard without a replica is not overloaded', () => {
  assert.deepEqual(pressureOn([[]], reports), { overloaded: false, shedding: false });
});
