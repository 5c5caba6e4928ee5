import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fillingOf } from './filling.ts';

// Each row: shards, replicas, not ready, without a leaf; by index.
const rows: [name: string, indexes: [number, number, number, number][], ready: number, all: number][] = [
  ['no index', [], 0, 0],
  ['all ready', [[16, 2, 0, 0]], 32, 32],
  ['replicas without a leaf are not waited for', [[16, 2, 3, 16]], 13, 16],
  [
    'over all indexes',
    [
      [4, 1, 4, 0],
      [2, 2, 1, 0],
    ],
    3,
    8,
  ],
];

for (const [name, indexes, ready, all] of rows) {
  test(`fillingOf: ${name}`, () => {
    const answer = indexes.map(([shards, replicas, notReady, noLeaf]) => {
      return {
        name,
        shards,
        replicas,
        documents: 0,
        behind: 0,
        replicasMissing: { notReady, noLeaf },
        inOneZone: [],
        replicasReported: [],
        differing: [],
      };
    });
    assert.deepEqual(fillingOf({ indexes: answer }), { ready, all });
  });
}
