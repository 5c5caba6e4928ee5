/** What a search asks of leaves: every word of a request that they have to know reaches each of them, and no other does. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SearchTask } from '../shared/protocol/tasks/search.ts';
import type { IndexSchema } from '../shared/schema/schema.ts';
import { DocumentCluster } from '../tests/sources/document-cluster.ts';
import type { SearchAnswer } from './gather/answer.ts';
import { rootKinds } from './kinds/root-kinds.ts';
import { holdNothing } from './plan/hold-sources.ts';
import { parseSearchBody } from './query/parse-search-body.ts';
import { search } from './search.ts';

const schema: IndexSchema = {
  dynamic: 'strict',
  fields: { text: { kind: 'text' }, n: { kind: 'integer' }, copies: { kind: 'integer' } },
};
const shards = 4;
const index = { id: 'x0', name: 'books', kind: 'document', schema, shards, replicas: 1 } as const;

function makeCluster(): DocumentCluster {
  const cluster = new DocumentCluster({ schema, shards, leaves: 2, replicas: 1 });
  const documents = Array.from({ length: 40 }, (_, n) => ({ text: n % 3 === 0 ? 'cat' : 'dog', n, copies: 1 }));
  cluster.write(documents.map((document, i) => ({ shard: i % shards, key: `k${i}`, document })));
  return cluster;
}

async function ask(cluster: DocumentCluster, body: object): Promise<SearchAnswer> {
  const request = parseSearchBody(body, schema, { timeoutMsMax: 60_000 });
  const arrival = { arrivedAt: cluster.root.clock.now(), signal: new AbortController().signal, trace: null };
  const defaults = { timeoutMs: 20_000, coverageMin: 1, holding: holdNothing };
  return await search({ ...cluster.root, kinds: rootKinds }, defaults, index, request, arrival);
}

function searchTasks(cluster: DocumentCluster): SearchTask[] {
  return cluster.traffic.flatMap(({ task }) => (task.kind === 'search' ? [task] : []));
}

/** What differs from task to task of one search. */
const own = new Set(['shards', 'remainingMs']);

const match = { query: { match: { text: 'cat' } } };

// Each row: what is asked beside a match, and what is in the tasks then that is not in those of a plain search; null stands for
// absent.
const rows: [name: string, body: object, expected: Readonly<Record<string, unknown>>][] = [
  ['nothing else', {}, {}],
  ['a page', { from: 3, size: 4 }, { k: 7 }],
  ['an explanation', { explain: true }, { explain: true }],
  ['no explanation', { explain: false }, {}],
  ['highlights', { highlight: { fields: { text: {} } } }, { highlight: 'present' }],
  ['no source', { _source: false }, { source: false }],
  ['an order', { sort: [{ n: 'desc' }] }, { sort: 'present', statistics: 'present' }],
  [
    'what comes after a hit',
    { sort: [{ n: 'desc' }], search_after: [20] },
    { sort: 'present', after: 'present', statistics: 'present' },
  ],
  ['aggregations', { aggs: { most: { max: { field: 'n' } } } }, { aggregations: 'present' }],
  ['no total', { track_total_hits: false }, { totalUpTo: 0 }],
  ['a total up to a number', { track_total_hits: 7 }, { totalUpTo: 7 }],
  ['batch priority', { priority: 'batch' }, { priority: 'batch' }],
  ['a profile', { profile: true }, { profile: true }],
  ['to keep the state', { at: true }, { pin: true, exact: 'present' }],
];
for (const [name, body, expected] of rows) {
  test(`search: ${name} is asked of every leaf`, async () => {
    const cluster = makeCluster();
    await ask(cluster, match);
    const [plain] = searchTasks(cluster);
    cluster.traffic.length = 0;
    await ask(cluster, { ...match, ...body });
    const tasks = searchTasks(cluster);
    assert.deepEqual(new Set(tasks.flatMap((task) => task.shards)), new Set([0, 1, 2, 3]));
    for (const task of tasks) {
      const changed = Object.entries({ ...plain, ...task, ...absentFrom(task, plain!) }).filter(([field, value]) => {
        return !own.has(field) && JSON.stringify(value) !== JSON.stringify(plain![field as keyof SearchTask]);
      });
      const told = changed.map(([field, value]) => [field, expected[field] === 'present' ? 'present' : value]);
      assert.deepEqual(Object.fromEntries(told), expected);
    }
  });
}
function absentFrom(task: SearchTask, plain: SearchTask): Record<string, null> {
  return Object.fromEntries(
    Object.keys(plain)
      .filter((field) => !(field in task))
      .map((field) => [field, null]),
  );
}
