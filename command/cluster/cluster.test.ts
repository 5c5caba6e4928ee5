import assert from 'node:assert/strict';
import { test } from 'node:test';
import { searchLines } from '../search/search.ts';
import { clusterLines } from './cluster.ts';

test('clusterLines: leaves with what they hold, shards in order', () => {
  const leaf = (name: string | null, state: string) => {
    return { name, address: 'h:1', state, draining: name === 'b', problem: null, incarnation: 1, queued: 0 };
  };
  const problem = { code: 'LEAF_NAME_TAKEN', message: 'another has it', detail: { leaf: 'a' } };
  const replica = (shard: number, leafName: string, documents: number) => {
    return { shard, leaf: leafName, state: 'ready', offset: 9, documents, behind: leafName === 'a' ? 0 : 4 };
  };
  const replicasReported = [replica(1, 'a', 20), replica(0, 'b', 3), replica(0, 'a', 3)];
  const lines = clusterLines({
    log: { address: 'h:2', reachable: false },
    stopped: [
      { partition: 'x0/1', offset: 9, code: 'BATCH_INVALID', reason: 'no batch', fix: 'skip it', by: ['a', 'b'] },
    ],
    leaves: [leaf('a', 'up'), leaf('b', 'up'), { ...leaf('a', 'refused'), problem }, leaf(null, 'down')],
    indexes: [
      {
        name: 'x',
        shards: 2,
        replicas: 2,
        documents: 23,
        behind: 0,
        replicasMissing: { notReady: 1, noLeaf: 2 },
        replicasReported,
      },
    ],
  });
  assert.deepEqual(lines, [
    'log h:2 NOT REACHABLE',
    '',
    'leaf  address  state     shards  documents',
    'a     h:1      up             2         23',
    'b     h:1      draining       1          3',
    'a     h:1      refused        0          0',
    '?     h:1      down           0          0',
    'h:1 is not used: LEAF_NAME_TAKEN: another has it {"leaf":"a"}',
    '',
    'x0/1 stands still before 9 on a, b: BATCH_INVALID: no batch',
    'skip it',
    '',
    'index x: 23 documents, 2 shards, 2 replicas of each',
    '1 replicas are not ready yet',
    '2 replicas have no leaf to be on: there are fewer leaves than replicas',
    'index  shard  leaf  state  offset  behind  documents',
    'x          0  a     ready       9       0          3',
    'x          0  b     ready       9       4          3',
    'x          1  a     ready       9       0         20',
  ]);
});

test('searchLines: ranks go on from where the search began, and what is missing is said', () => {
  const coverage = {
    shards: { asked: 4, answered: 2, failed: 2 },
    freshness: { behind: 7, oldestUnseenMs: 300 },
    failures: [{ shards: [2, 3], leaf: 'leaf-1', code: 'LEAF_TIMEOUT' }],
  };
  const hits = {
    total: { value: 10_000, relation: 'gte' },
    hits: [{ _id: 'k', _score: 1.5, _source: { a: 1 } }],
  } as const;
  assert.deepEqual(searchLines({ took: 7, complete: false, coverage, hits }, 10), [
    '  11     1.500  k  {"a":1}',
    'at least 10000 hits in 7 ms; 2 of 4 shards answered',
    'The answer is incomplete.',
    'It is 7 writes behind, the oldest by 300 ms or more.',
    '  shards 2, 3 on leaf-1: LEAF_TIMEOUT',
  ]);
});
