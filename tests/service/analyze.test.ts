import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startCluster, type Cluster } from '../cluster/start.ts';
import { must, send } from './client.ts';

let cluster: Cluster;
before(async () => {
  cluster = await startCluster({ leaves: 1 });
  const fields = { title: { kind: 'text', fields: { stem: { kind: 'text', analyzer: 'english' } } } };
  await must('PUT', `${cluster.url}/v1/indexes/books`, { shards: 1, schema: { fields } });
});
after(() => cluster?.stop());

const tokenOf = (token: string, position: number, start: number, end: number): object => {
  return { token, position, start_offset: start, end_offset: end };
};

test('analyze: shows the tokens of a text as a field sees it', async () => {
  const url = `${cluster.url}/v1/indexes/books/analyze`;
  const plain = await must('POST', url, { field: 'title', text: 'The Éclairs' });
  assert.deepEqual(plain, { tokens: [tokenOf('the', 0, 0, 3), tokenOf('eclairs', 1, 4, 11)] });
  const stemmed = await must('POST', url, { field: 'title.stem', text: 'The Éclairs' });
  assert.deepEqual(stemmed, { tokens: [tokenOf('eclair', 1, 4, 11)] });
});

test('analyze: an index that is not there, and a body that is not understood', async () => {
  const missing = await send<{ error: { code: string } }>('POST', `${cluster.url}/v1/indexes/films/analyze`, {});
  assert.deepEqual([missing.status, missing.body.error.code], [404, 'INDEX_NOT_FOUND']);
  const wrong = await send<{ error: { code: string; at: string } }>('POST', `${cluster.url}/v1/indexes/books/analyze`, {
    analyzer: 'klingon',
    text: 'a',
  });
  assert.deepEqual([wrong.status, wrong.body.error.at], [400, '/analyzer']);
});

test('analyze: documents and queries are analysed by the field: a stem finds its words', async () => {
  const url = `${cluster.url}/v1/indexes/books`;
  const { token } = await must<{ token: string }>('PUT', `${url}/documents/a`, { title: 'Running cats' });
  const count = async (query: object): Promise<number> => {
    const answer = await must<{ hits: { total: { value: number } } }>('POST', `${url}/search`, { query, token });
    return answer.hits.total.value;
  };
  assert.equal(await count({ match: { 'title.stem': 'the runs' } }), 1);
  assert.equal(await count({ match: { title: 'the runs' } }), 0);
  assert.equal(await count({ match: { title: 'RÛNNING' } }), 1);
});
