import assert from 'node:assert/strict';
import { gzipSync } from 'node:zlib';
import { after, before, test } from 'node:test';
import { startCluster, type Cluster } from '../cluster/start.ts';
import { must, send } from './client.ts';
import { startBareTimer } from '../deadline/deadline.ts';

let cluster: Cluster;
let base = '';
before(async () => {
  cluster = await startCluster({ leaves: 2 });
  base = `${cluster.url}/v1/indexes`;
});
after(() => cluster?.stop());

interface IndexAnswer {
  readonly id: string;
  readonly shards: number;
  readonly schema: { readonly fields: Record<string, object> };
}

interface Found {
  readonly complete: boolean;
  readonly hits: { readonly total: { readonly value: number }; readonly hits: { readonly _id: string }[] };
}

const fields = { id: { kind: 'keyword' }, title: { kind: 'text' } };

async function ids(index: string, body: unknown): Promise<string[]> {
  const { hits } = await must<Found>('POST', `${base}/${index}/search`, body);
  return hits.hits.map(({ _id }) => _id).sort();
}

test('indexes: create, repeat, extend, conflict, delete, create again', async () => {
  const created = await send<IndexAnswer>('PUT', `${base}/life`, { shards: 3, schema: { fields } });
  assert.equal(created.status, 201);
  assert.equal(created.body.shards, 3);
  assert.equal((await send('PUT', `${base}/life`, { shards: 3, schema: { fields } })).status, 200);
  assert.equal(
    (await send('PUT', `${base}/life`, { schema: { fields } })).status,
    200,
    'options left out never conflict',
  );
  assert.equal((await send('PUT', `${base}/life`, { shards: 4, schema: { fields } })).status, 409);

  const extended = await must<IndexAnswer>('PUT', `${base}/life`, {
    schema: { fields: { year: { kind: 'integer' } } },
  });
  assert.deepEqual(Object.keys(extended.schema.fields).sort(), ['id', 'title', 'year']);
  await must('POST', `${base}/life/documents?key=id&refresh=wait`, '{"id":"a","year":1999}');
  assert.deepEqual(await ids('life', { query: { range: { year: { gte: 1999 } } } }), ['a']);

  await must('DELETE', `${base}/life`);
  assert.equal((await send('GET', `${base}/life`)).status, 404);
  assert.equal((await send('DELETE', `${base}/life`)).status, 404);
  const again = await must<IndexAnswer>('PUT', `${base}/life`, { schema: { fields } });
  assert.notEqual(again.id, created.body.id);
  assert.deepEqual(await ids('life', {}), [], 'a name used again never meets old documents');
});

test('indexes: the same index created by many at once is one', async () => {
  const answers = await Promise.all(
    Array.from({ length: 8 }, () => must<IndexAnswer>('PUT', `${base}/race`, { shards: 2, schema: { fields } })),
  );
  assert.equal(new Set(answers.map(({ id }) => id)).size, 1);
});

test('documents: put, get, replace, delete by key, each seen at once', async () => {
  await must('PUT', `${base}/docs`, { shards: 4, schema: { fields } });
  const url = `${base}/docs/documents`;
  const key = 'a/ü?&';
  const path = `${url}/${encodeURIComponent(key)}`;
  for (const title of ['one', 'two', 'three']) {
    await must('PUT', path, { id: key, title });
    const { _source, _id } = await must<{ _id: string; _source: object }>('GET', path);
    assert.deepEqual([_id, _source], [key, { id: key, title }]);
  }
  await must('DELETE', path);
  assert.equal((await send('GET', path)).status, 404);
});

// Each row: If-None-Match by the ETag of the document, whether that says that the caller has it.
const known: [said: (tag: string) => string, isKnown: boolean][] = [
  [(tag) => tag, true],
  [(tag) => `W/${tag}`, true],
  [(tag) => `"7777", ${tag}`, true],
  [() => '*', true],
  [() => '"7777"', false],
  [(tag) => tag.replaceAll('"', ''), false],
];
test('documents: who has a document as it is gets no body', async () => {
  await must('PUT', `${base}/known`, { shards: 1, schema: { fields } });
  const url = `${base}/known/documents/a`;
  await must('PUT', url, { id: 'a', title: 'one' });
  const tag = (await fetch(url)).headers.get('etag')!;
  for (const [said, isKnown] of known) {
    const answer = await fetch(url, { headers: { 'if-none-match': said(tag) } });
    const body = await answer.text();
    assert.deepEqual([answer.status, body === ''], isKnown ? [304, true] : [200, false], said(tag));
    assert.deepEqual([answer.headers.get('etag'), answer.headers.has('sheaf-token')], [tag, true]);
  }
  await must('PUT', url, { id: 'a', title: 'two' });
  assert.equal((await fetch(url, { headers: { 'if-none-match': tag } })).status, 200);
  assert.equal((await fetch(`${url}x`, { headers: { 'if-none-match': '*' } })).status, 404);
});

test('documents: a token makes a search see the write, with no waiting at the write', async () => {
  await must('PUT', `${base}/tokens`, { shards: 4, schema: { fields } });
  for (let i = 0; i < 20; i++) {
    const lines = Array.from({ length: 5 }, (_, j) => `{"id":"k${j}","title":"round${i}"}`).join('\n');
    const { token } = await must<{ token: string }>('POST', `${base}/tokens/documents?key=id`, lines);
    const found = await ids('tokens', { query: { match: { title: `round${i}` } }, token });
    assert.deepEqual(found, ['k0', 'k1', 'k2', 'k3', 'k4'], `round ${i}`);
  }
});

test('documents: searchable within 500 ms without asking', async (t) => {
  const bare = await startBareTimer(t);
  await must('PUT', `${base}/soon`, { shards: 2, schema: { fields } });
  await must('POST', `${base}/soon/documents?key=id`, '{"id":"a","title":"soon"}');
  const startedAt = performance.now();
  let seenMs = Infinity;
  while (performance.now() - startedAt < 10_000 && seenMs === Infinity) {
    if ((await ids('soon', { query: { match: { title: 'soon' } } })).length === 1)
      seenMs = performance.now() - startedAt;
  }
  // The default is 200 ms after the leaf has the document; the rest is room for a busy machine.
  bare.hold('a document that was written', seenMs, 5000);
});

test('documents: an array, generated keys, gzip', async () => {
  await must('PUT', `${base}/forms`, { shards: 2, schema: { fields } });
  const url = `${base}/forms/documents?refresh=wait`;
  const array = await must<{ accepted: number }>('POST', url, [{ title: 'x' }, { title: 'x' }]);
  assert.equal(array.accepted, 2);
  const zipped = gzipSync(Buffer.from('{"title":"x"}\n{"title":"x"}\n'));
  const headers = { 'content-type': 'application/x-ndjson', 'content-encoding': 'gzip' };
  assert.equal((await fetch(url, { method: 'POST', body: zipped, headers })).status, 200);
  assert.equal((await ids('forms', { query: { match: { title: 'x' } } })).length, 4);
});

test('documents: a large body is streamed and all of it is there', async () => {
  await must('PUT', `${base}/large`, { shards: 8, schema: { fields } });
  const lines = Array.from({ length: 30_000 }, (_, i) => `{"id":"k${i}","title":"${'word '.repeat(20)}${i}"}`).join(
    '\n',
  );
  const answer = await must<{ accepted: number; refreshed: boolean }>(
    'POST',
    `${base}/large/documents?key=id&refresh=wait`,
    lines,
  );
  assert.deepEqual([answer.accepted, answer.refreshed], [30_000, true]);
  const { hits, complete } = await must<Found>('POST', `${base}/large/search`, { size: 0, track_total_hits: true });
  assert.deepEqual([hits.total.value, complete], [30_000, true]);
});
