import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { IndexSchema } from '../../shared/schema/schema.ts';
import { DocumentCluster } from '../../tests/sources/document-cluster.ts';
import { refreshReplicas } from './refresh.ts';

const schema: IndexSchema = { dynamic: 'strict', fields: { n: { kind: 'integer' } } };
const shards = 4;
const index = { id: 'x0', name: 'books', kind: 'document', schema, shards, replicas: 2 } as const;

/** Two leaves, a document in each shard: at the log offsets 2, 4, 6 and 8, searchable up to the last of them. */
function makeCluster(replicas: number): DocumentCluster {
  const cluster = new DocumentCluster({ schema, shards, leaves: 2, replicas });
  cluster.write(Array.from({ length: shards }, (_, shard) => ({ shard, key: `k${shard}`, document: { n: shard } })));
  return cluster;
}

async function refresh(cluster: DocumentCluster, at: Readonly<Record<string, number>>, timeoutMs = 10_000) {
  const failures = await refreshReplicas(cluster.root, { index, at, timeoutMs });
  const told = failures.map(({ shard, code }) => `${shard} ${code}`).sort((a, b) => (a < b ? -1 : 1));
  const tasks = cluster.traffic.map(({ leaf, task }) => `${leaf} ${task.shards.join()} ${JSON.stringify(task.at)}`);
  return { failures: told, tasks: tasks.sort((a, b) => (a < b ? -1 : 1)) };
}

test('refreshReplicas: each replica of each shard is asked, in one task a leaf, and no other shard', async () => {
  assert.deepEqual(await refresh(makeCluster(2), { 1: 4, 2: 6 }), {
    failures: [],
    tasks: ['leaf-0 1,2 {"1":4,"2":6}', 'leaf-1 1,2 {"1":4,"2":6}'],
  });
});

// Each row: what is wrong, what is done to the cluster, replicas of a shard, the failures.
const rows: [name: string, spoil: (cluster: DocumentCluster) => void, replicas: number, failures: string[]][] = [
  ['a shard that nobody has', ({ dead }) => dead.add('leaf-1'), 1, ['1 SHARD_UNASSIGNED', '3 SHARD_UNASSIGNED']],
  [
    'one of two replicas that does not answer in time',
    ({ silent }) => silent.add('leaf-1'),
    2,
    ['0 LEAF_TIMEOUT', '1 LEAF_TIMEOUT', '2 LEAF_TIMEOUT', '3 LEAF_TIMEOUT'],
  ],
  [
    'a leaf that ends',
    (cluster) => (cluster.onSend = (leaf) => void (leaf === 'leaf-0' && cluster.dead.add(leaf))),
    2,
    ['0 LEAF_UNREACHABLE', '1 LEAF_UNREACHABLE', '2 LEAF_UNREACHABLE', '3 LEAF_UNREACHABLE'],
  ],
];
for (const [name, spoil, replicas, expected] of rows) {
  test(`refreshReplicas: ${name} is told`, async () => {
    const cluster = makeCluster(replicas);
    spoil(cluster);
    const { failures } = await refresh(cluster, { 0: 2, 1: 4, 2: 6, 3: 8 }, 100);
    assert.deepEqual(failures, expected);
  });
}

test('refreshReplicas: a shard that has not come so far is told', async () => {
  const { failures } = await refresh(makeCluster(1), { 0: 2, 3: 1000 }, 100);
  assert.deepEqual(failures, ['3 NOT_CAUGHT_UP']);
});

test('refreshReplicas: nothing written is nothing asked', async () => {
  assert.deepEqual(await refresh(makeCluster(1), {}), { failures: [], tasks: [] });
});
