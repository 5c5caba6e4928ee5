import assert from 'node:assert/strict';
import { test } from 'node:test';
import { replicasOf } from '../../shared/protocol/replicas.ts';
import { inOneZone } from './in-one-zone.ts';

/** `x 0r 1l`: a leaf in zone x, `-` for none, that has shard 0 ready and is loading shard 1. */
function leaf(written: string, number: number) {
  const [zone, ...held] = written.split(' ');
  const states = { r: 'ready', l: 'loading', d: 'draining' } as const;
  const replicas = held.map((each) => {
    return { index: 'x', shard: Number(each[0]), state: states[each[1] as 'r'], offset: 0, documents: 0 };
  });
  return { name: `leaf-${number}`, zone: zone === '-' ? null : zone!, replicas: replicasOf(replicas) };
}

// Each row: replicas asked for, the leaves, the shards of two that are in one zone.
const rows: [name: string, replicas: number, leaves: string[], shards: number[]][] = [
  ['two zones', 2, ['a 0r 1r', 'b 0r 1r'], []],
  ['one zone', 2, ['a 0r 1r', 'a 0r 1r'], [0, 1]],
  ['a shard of which one is not ready', 2, ['a 0r 1r', 'b 0r 1l'], [1]],
  ['a shard of which one is about to go', 2, ['a 0r 1r', 'b 0d 1r'], [0]],
  ['a shard that nobody has is missing, and in no zone', 2, ['a 0r', 'b 0r'], []],
  ['one replica by choice', 1, ['a 0r', 'b 1r'], []],
  ['no zones', 2, ['- 0r 1r', '- 0r 1r'], []],
  ['leaves without a zone are zones of their own', 2, ['- 0r 1r', '- 0r', 'a 1r'], []],
];
for (const [name, replicas, leaves, shards] of rows) {
  test(`inOneZone: ${name}`, () => {
    assert.deepEqual(inOneZone({ id: 'x', shards: 2, replicas }, leaves.map(leaf)), shards);
  });
}
