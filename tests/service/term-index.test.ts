/** What a term index takes and refuses, and that it is all there after a leaf was killed. Real processes. */
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { startCluster } from '../cluster/start.ts';
import { must, send } from './client.ts';

interface Found {
  readonly complete: boolean;
  readonly hits: { readonly total: { readonly value: number }; readonly hits: readonly { readonly _id: string }[] };
}

const cluster = await startCluster({ leaves: 2 });
after(() => cluster.stop());
const url = `${cluster.url}/v1/indexes/terms`;
const clusterUrl = `${cluster.url}/v1/cluster`;
const fields = { id: { kind: 'keyword' }, title: { kind: 'text' }, n: { kind: 'integer' } };
const wordOf = (n: number): string => ['red', 'blue', 'green'][n % 3]!;
const lines = (from: number, count: number): string =>
  Array.from({ length: count }, (_, i) => {
    const n = from + i;
    return `${JSON.stringify({ id: `d${n}`, title: `fish ${wordOf(n)}`, n })}\n`;
  }).join('');

test('term index: is created, and takes documents by POST', async () => {
  await must('PUT', url, { kind: 'term', shards: 5, replicas: 2, schema: { fields } });
  await must('POST', `${url}/documents?key=id&refresh=wait`, lines(0, 90));
  // Counts come with the leaves' reports, a moment later. Every document is counted by one shard.
  await until('90 documents', async () => {
    const index = await must<{ kind: string; documents: number }>('GET', url);
    return index.kind === 'term' && index.documents === 90;
  });
});

const refusals: [name: string, method: string, path: string, body: unknown, expected: string][] = [
  ['PUT of a document', 'PUT', '/documents/d1', { id: 'd1' }, '409 INDEX_APPEND_ONLY'],
  ['DELETE of a document', 'DELETE', '/documents/d1', undefined, '409 INDEX_APPEND_ONLY'],
  ['aggregations', 'POST', '/search', { aggs: { a: { avg: { field: 'n' } } } }, '400 INDEX_KIND_WRONG /aggs'],
  ['sort by a field', 'POST', '/search', { sort: 'n' }, '400 INDEX_KIND_WRONG /sort'],
  ['a range', 'POST', '/search', { query: { range: { n: { gt: 1 } } } }, '400 INDEX_KIND_WRONG /query'],
  ['a prefix', 'POST', '/search', { query: { prefix: { title: 'f' } } }, '400 INDEX_KIND_WRONG /query'],
  ['a regular expression', 'POST', '/search', { query: { regexp: { title: 'f.*' } } }, '400 INDEX_KIND_WRONG /query'],
  ['a phrase', 'POST', '/search', { query: { match_phrase: { title: 'a b' } } }, '400 INDEX_KIND_WRONG /query'],
  [
    'explain',
    'POST',
    '/search',
    { query: { match: { title: 'red' } }, explain: true },
    '400 INDEX_KIND_WRONG /explain',
  ],
  ['a pinned state', 'POST', '/search', { at: true }, '400 INDEX_KIND_WRONG /at'],
  [
    'highlight',
    'POST',
    '/search',
    { query: { match: { title: 'red' } }, highlight: { fields: { title: {} } } },
    '400 INDEX_KIND_WRONG /highlight',
  ],
  ['another kind', 'PUT', '', { kind: 'document', schema: { fields } }, '409 INDEX_CONFLICT'],
];
for (const [name, method, path, body, expected] of refusals) {
  test(`term index: refuses ${name}`, async () => {
    const { status, body: answer } = await send<{ error: { code: string; at?: string } }>(method, url + path, body);
    const { code, at } = answer.error;
    assert.equal([status, code, ...(at === undefined ? [] : [at])].join(' '), expected);
  });
}

test('term index: a line that deletes is rejected and no other', async () => {
  const body = `${JSON.stringify({ _delete: 'd1' })}\n${lines(90, 1)}`;
  const answer = await must<{ accepted: number; token: string; rejected: { listed: { code: string }[] } }>(
    'POST',
    `${url}/documents?key=id`,
    body,
  );
  assert.deepEqual([answer.accepted, answer.rejected.listed.map(({ code }) => code)], [1, ['INDEX_APPEND_ONLY']]);
  const found = await must<Found>('POST', `${url}/search`, { token: answer.token, query: { term: { id: 'd90' } } });
  assert.deepEqual(
    found.hits.hits.map(({ _id }) => _id),
    ['d90'],
  );
});

test('term index: a document by key, whichever shard it lies in', async () => {
  for (const key of ['d0', 'd1', 'd2', 'd3', 'd4', 'd90']) {
    const { _id } = await must<{ _id: string }>('GET', `${url}/documents/${key}`);
    assert.equal(_id, key);
  }
  assert.equal((await send('GET', `${url}/documents/none`)).status, 404);
});

test('term index: with replicas it is complete while a leaf is away, and whole when that is back', async () => {
  const search = (): Promise<Found> =>
    must('POST', `${url}/search`, { query: { match: { title: 'red' } }, track_total_hits: true, timeout: '5s' });
  await must('POST', `${url}/documents?key=id&refresh=wait`, lines(91, 3));
  for (const leaf of ['leaf-0', 'leaf-1']) {
    const before = incarnationOf(await must<Cluster>('GET', clusterUrl), leaf);
    cluster.signal(leaf, 'SIGKILL');
    const away = await search();
    assert.deepEqual([away.complete, away.hits.total.value], [true, 32], leaf);
    await until(`${leaf} to be back`, async () => {
      const now = await must<Cluster>('GET', clusterUrl);
      const ready = now.indexes[0]!.replicasReported.filter(({ state }) => state === 'ready');
      return incarnationOf(now, leaf) > before && ready.length === 10;
    });
  }
  await must('POST', `${url}/documents?key=id&refresh=wait`, lines(94, 3));
  const { complete, hits } = await search();
  assert.deepEqual([complete, hits.total.value], [true, 33]);
});

interface Cluster {
  readonly leaves: readonly { readonly name: string; readonly incarnation: number | null }[];
  readonly indexes: readonly { readonly replicasReported: readonly { readonly state: string }[] }[];
}

/** When the process that the root is connected to was started, −1 while there is none. */
function incarnationOf({ leaves }: Cluster, leaf: string): number {
  return leaves.find(({ name }) => name === leaf)?.incarnation ?? -1;
}

async function until(what: string, condition: () => Promise<boolean>): Promise<void> {
  for (let i = 0; i < 400; i++) {
    if (await condition()) return;
    await sleep(50);
  }
  throw new Error(`waited too long for ${what}`);
}
