import assert from 'node:assert/strict';
import { test } from 'node:test';
import { replicasOf } from '../../shared/protocol/replicas.ts';
import type { LeafStatus } from '../membership/membership.ts';
import { shortfall } from './shortfall.ts';

const place = {
  address: { host: 'h', port: 1 },
  state: 'up',
  placed: true,
  draining: false,
  zone: null,
  problem: null,
} as const;

/** A leaf by its replicas of an index of two shards: `0r 1l` is ready in shard 0 and loading in shard 1. */
function leaf(text: string): LeafStatus {
  const states = { r: 'ready', l: 'loading', d: 'draining' } as const;
  const replicas = [...text.matchAll(/(\d)([rld])/g)].map(([, shard, state]) => {
    return { index: 'x', shard: Number(shard), state: states[state as 'r'], offset: 0, documents: 0 };
  });
  return { ...place, name: 'a', incarnation: 1, queued: 0, catalogStopped: null, replicas: replicasOf(replicas) };
}

// Each row: replicas asked for, leaves with a place, what leaves report, replicas not ready, replicas without a leaf.
const rows: [replicas: number, placed: number, leaves: string[], notReady: number, noLeaf: number][] = [
  [1, 1, ['0r 1r'], 0, 0],
  [1, 1, ['0r 1l'], 1, 0],
  [2, 2, ['0r 1r', '0r 1r'], 0, 0],
  [2, 2, ['0r 1r', '0d 1r'], 1, 0],
  [2, 1, ['0r 1r'], 0, 2],
  [3, 1, ['0r 1l'], 1, 4],
  [2, 0, [], 0, 4],
  [1, 2, ['0r 1r', '0r 1r'], 0, 0],
];

for (const [replicas, placedCount, leaves, notReady, noLeaf] of rows) {
  test(`shortfall: ${replicas} replicas on ${placedCount} leaves with ${leaves.join(' and ') || 'nothing'}`, () => {
    const membership = { placedCount, statuses: () => leaves.map(leaf) };
    assert.deepEqual(shortfall({ id: 'x', shards: 2, replicas }, membership), { notReady, noLeaf });
  });
}
