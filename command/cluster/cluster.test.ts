import assert from 'node:assert/strict';
import { test } from 'node:test';
import { searchLines } from '../search/search.ts';
import { clusterLines } from './cluster.ts';

test('clusterLines: leaves with what they hold, shards in order', () => {
  const leaf = (name: string | null, state: string) => {
    return {
      name,
      address: 'h:1',
      zone: null,
      state,
      draining: name === 'b',
      problem: null,
      incarnation: 1,
      queued: 0,
    };
  };
  const problem = { code: 'LEAF_NAME_TAKEN', message: 'another has it', detail: { leaf: 'a' } };
  const replica = (shard: number, leafName: string, documents: number) => {
    return { shard, leaf: leafName, state: 'ready', offset: 9, documents, behind: leafName === 'a' ? 0 : 4 };
  };
  const replicasReported = [replica(1, 'a', 20), replica(0, 'b', 3), replica(0, 'a', 3)];
  const answer = {
    log: { address: 'h:2', reachable: false, problem: { code: 'SECRET_WRONG', message: 'not the same' } },
    stopped: [
      { partition: 'x0/1', offset: 9, code: 'BATCH_INVALID', reason: 'no batch', fix: 'skip it', by: ['a', 'b'] },
    ],
    untrimmed: [{ partition: 'x1/0', code: 'LOG_UNAVAILABLE', reason: 'no topic', fix: 'delete the index' }],
    leaves: [leaf('a', 'up'), leaf('b', 'up'), { ...leaf('a', 'refused'), problem }, leaf(null, 'down')],
    rollovers: [
      {
        alias: 'logs',
        index: 'logs-2',
        conditions: [
          { condition: 'documents', limit: 10, actual: 2 },
          { condition: 'age', limit: 5000, actual: 4000 },
        ],
        next: 'age',
        lastRolledAt: '2026-11-29T10:00:00.000Z',
        problem: { code: 'LOG_FULL', message: 'full' },
      },
      { alias: 'new', index: null, conditions: [], next: null, lastRolledAt: null, problem: null },
    ],
    indexes: [
      {
        name: 'x',
        shards: 2,
        replicas: 2,
        documents: 23,
        behind: 0,
        replicasMissing: { notReady: 1, noLeaf: 2 },
        inOneZone: [],
        replicasReported,
        differing: [{ shard: 0, entry: 7, readBy: ['a'], skippedBy: ['b'] }],
      },
      {
        name: 'whole',
        behind: null,
        shards: 1,
        replicas: 1,
        documents: 1,
        replicasMissing: { notReady: 0, noLeaf: 0 },
        inOneZone: [],
        replicasReported: [],
        differing: [],
      },
    ],
  };
  const lines = [
    'log h:2 NOT REACHABLE SECRET_WRONG: not the same',
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
    'x1/0 cannot be trimmed: LOG_UNAVAILABLE: no topic',
    'delete the index',
    '',
    'index  documents  behind  shards  replicas  replicas missing',
    'x             23       0       2         2  1 not ready, 2 without a leaf: fewer leaves than replicas',
    'whole          1  ?            1         1  all there',
    '',
    'x, shard 0: its replicas differ: a read entry 7 before it was skipped, b did not.',
    'To end that, end a, delete indexes/ID/0 in its data folder, and start it: it copies the others.',
    '',
    'alias  written to by  rolls next by     last rolled               problem',
    'logs   logs-2         age 4000 of 5000  2026-11-29T10:00:00.000Z  LOG_FULL',
    'new    nothing yet    ?                 never',
  ];
  assert.deepEqual(clusterLines(answer), lines);
  assert.deepEqual(clusterLines(answer, true), [
    ...lines,
    '',
    'index  shard  leaf  state  offset  behind  documents',
    'x          0  a     ready       9       0          3',
    'x          0  b     ready       9       4          3',
    'x          1  a     ready       9       0         20',
    '',
    'index  shard  leaf  state  offset  behind  documents',
  ]);
});

test('clusterLines: zones, where leaves have some, and what would be lost with one', () => {
  const leaf = (name: string, zone: string | null) => {
    return { name, zone, address: 'h:1', state: 'up', draining: false, problem: null, incarnation: 1, queued: 0 };
  };
  const index = (name: string, inOneZone: number[]) => {
    const replicasMissing = { notReady: 0, noLeaf: 0 };
    return {
      name,
      behind: 0,
      shards: 4,
      replicas: 2,
      documents: 1,
      replicasMissing,
      inOneZone,
      replicasReported: [],
      differing: [],
    };
  };
  const answer = {
    log: { address: 'h:2', reachable: true, problem: null },
    stopped: [],
    untrimmed: [],
    leaves: [leaf('a', 'eu-1a'), leaf('b', null)],
    rollovers: [],
    indexes: [index('whole', []), index('x', [3]), index('y', [0, 1, 2])],
  };
  assert.deepEqual(clusterLines(answer), [
    'log h:2 reachable',
    '',
    'leaf  address  zone   state  shards  documents',
    'a     h:1      eu-1a  up          0          0',
    'b     h:1      -      up          0          0',
    '',
    'index  documents  behind  shards  replicas  replicas missing',
    'whole          1       0       4         2  all there',
    'x              1       0       4         2  all there',
    'y              1       0       4         2  all there',
    'x: all replicas of shard 3 lie in one zone',
    'y: all replicas of shard 0 and 2 more lie in one zone',
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

test('searchLines: fields as columns, buckets as a table', () => {
  const freshness = { behind: 0, oldestUnseenMs: null };
  const coverage = { shards: { asked: 1, answered: 1, failed: 0 }, freshness, failures: [] };
  const hits = {
    total: { value: 2, relation: 'eq' },
    hits: [
      { _id: 'k', _score: 1.5, _source: { title: 'Emma', a: { b: 7 }, tags: ['x', 'y'] } },
      { _id: 'long', _score: null, _source: { title: 'x'.repeat(80), 'a.b': 10 } },
    ],
  } as const;
  const aggregations = {
    most: { value: 3 },
    years: {
      buckets: [
        { key: 0, key_as_string: '1970', doc_count: 2, n: { value: 1 } },
        { key: 'x', doc_count: 10 },
      ],
    },
  };
  const answer = { took: 7, complete: true, coverage, hits, aggregations };
  assert.deepEqual(searchLines(answer, 0, ['title', 'a.b', 'tags']), [
    `   score  key   title${' '.repeat(55)}  a.b  tags`,
    `1  1.500  k     Emma${' '.repeat(56)}    7  ["x","y"]`,
    `2  -      long  ${'x'.repeat(59)}…   10`,
    'most: {"value":3}',
    '',
    'years  documents',
    '1970           2  {"n":{"value":1}}',
    'x             10',
    '',
    '2 hits in 7 ms; 1 of 1 shards answered',
  ]);
});
