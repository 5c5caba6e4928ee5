/** Addresses on a real cluster: documents, pages, term indexes and roll-ups. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startCluster, type Cluster } from '../cluster/start.ts';
import { must, send } from './client.ts';

let cluster: Cluster;
let base = '';
before(async () => {
  cluster = await startCluster({ leaves: 2 });
  base = `${cluster.url}/v1`;
});
after(() => cluster?.stop());

interface Found {
  readonly hits: {
    readonly total: { readonly value: number };
    readonly hits: readonly {
      readonly _id: string;
      readonly _score: number | null;
      readonly _source: object;
      readonly sort?: readonly unknown[];
    }[];
  };
  readonly aggregations: Readonly<Record<string, { readonly buckets: readonly Bucket[] }>>;
}
interface Bucket {
  readonly key: string;
  readonly doc_count: number;
}
interface Refused {
  readonly error: { readonly code: string; readonly at?: string; readonly detail?: Readonly<Record<string, unknown>> };
}

const fields = { id: { kind: 'keyword' }, ip: { kind: 'ip', fields: { written: { kind: 'keyword' } } } };
/** By key; in the order of the addresses. */
const documents = {
  a: '::1',
  b: ['::ffff:10.0.0.1', '2001:db8::1'],
  c: '10.0.0.2',
  d: '10.200.0.1',
  e: '11.0.0.0',
  f: '2001:DB8:0:0:1::1',
  g: null,
};
const lines = Object.entries(documents).map(([id, ip]) => JSON.stringify({ id, ip }));

async function fill(index: string, body: object): Promise<void> {
  await must('PUT', `${base}/indexes/${index}`, body);
  await must('POST', `${base}/indexes/${index}/documents?key=id&refresh=wait`, lines.join('\n'));
}

async function search(index: string, body: object): Promise<Found> {
  return await must<Found>('POST', `${base}/indexes/${index}/search`, { timeout: '20s', ...body });
}

async function found(index: string, query: object): Promise<string> {
  const { hits } = await search(index, { query });
  for (const hit of hits.hits) assert.equal(hit._score, 1);
  return hits.hits
    .map(({ _id }) => _id)
    .sort()
    .join('');
}

test('ip: documents are found, sorted and counted by their addresses, and come back as they were sent', async () => {
  await fill('ips', { shards: 3, schema: { fields } });
  assert.equal(await found('ips', { term: { ip: '10.0.0.1' } }), 'b');
  assert.equal(await found('ips', { term: { ip: '10.0.0.0/8' } }), 'bcd');
  assert.equal(await found('ips', { terms: { ip: ['10.0.0.0/24', '2001:db8::/32', '::1'] } }), 'abcf');
  assert.equal(await found('ips', { range: { ip: { gt: '10.0.0.0/24', lt: '2001:db8::1' } } }), 'de');
  assert.equal(await found('ips', { exists: { field: 'ip' } }), 'abcdef');
  assert.equal(await found('ips', { query_string: { query: 'ip:(10.0.0.0/8 "::1") AND NOT ip:10.0.0.2' } }), 'abd');
  assert.equal(await found('ips', { prefix: { 'ip.written': '2001:DB8' } }), 'f');

  const sort = [{ ip: { order: 'desc' } }];
  const shown: unknown[] = [];
  for (let last: readonly unknown[] | undefined; ;) {
    const { hits } = await search('ips', { sort, size: 2, ...(last === undefined ? {} : { search_after: last }) });
    shown.push(...hits.hits.map(({ _id, sort: values }) => `${_id} ${String(values?.[0])}`));
    last = hits.hits.at(-1)?.sort?.slice(0, 1);
    if (hits.hits.length < 2) break;
  }
  const descending = [
    'f 2001:db8::1:0:0:1',
    'b 2001:db8::1',
    'e 11.0.0.0',
    'd 10.200.0.1',
    'c 10.0.0.2',
    'a ::1',
    'g null',
  ];
  assert.deepEqual(shown, descending);

  const { aggregations } = await search('ips', {
    size: 0,
    aggs: { by: { terms: { field: 'ip', order: { _key: 'asc' } } } },
  });
  assert.deepEqual(
    aggregations['by']!.buckets.map(({ key, doc_count: count, ...rest }) => [key, count, rest]),
    ['::1', '10.0.0.1', '10.0.0.2', '10.200.0.1', '11.0.0.0', '2001:db8::1', '2001:db8::1:0:0:1'].map((key) => [
      key,
      1,
      {},
    ]),
  );
  const sources = await search('ips', { query: { term: { ip: '2001:db8::1:0:0:1' } } });
  assert.deepEqual(sources.hits.hits[0]!._source, { id: 'f', ip: documents.f });

  const refused = await send<Refused>('PUT', `${base}/indexes/ips/documents/h`, { id: 'h', ip: ['::1', '10.0.0.0/8'] });
  assert.equal(refused.status, 400);
  assert.equal(refused.body.error.code, 'DOCUMENT_FIELD_TYPE');
  assert.equal(refused.body.error.at, '/ip/1');
});

test('ip: a term index finds addresses, and refuses blocks', async () => {
  await fill('ip-terms', { kind: 'term', shards: 4, schema: { fields } });
  assert.equal(await found('ip-terms', { term: { ip: '::FFFF:a00:1' } }), 'b');
  assert.equal(await found('ip-terms', { terms: { ip: ['::1', '11.0.0.0', '9.9.9.9'] } }), 'ae');
  for (const query of [{ term: { ip: '10.0.0.0/8' } }, { terms: { ip: ['10.0.0.0/8', '::1', '11.0.0.0/8'] } }]) {
    const refused = await send<Refused>('POST', `${base}/indexes/ip-terms/search`, { query });
    assert.equal(refused.body.error.code, 'INDEX_KIND_WRONG');
    assert.equal(refused.body.error.detail?.['asked'], 'range');
  }
});

test('ip: a dimension of a roll-up is one address, however it is written', async () => {
  const schema = { dimensions: { client: { kind: 'ip' } }, metrics: { n: { keep: ['sum'] } } };
  await must('PUT', `${base}/indexes/hits-by-ip`, { kind: 'rollup', shards: 2, schema });
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  const count = async (body: string): Promise<Refused & { token: string }> => {
    const response = await fetch(`${base}/counters/hits-by-ip`, { method: 'POST', headers, body });
    return (await response.json()) as Refused & { token: string };
  };
  const { token } = await count('10.0.0.1=1&::ffff:10.0.0.1=2&2001:DB8::1=4&10.9.0.1=8');
  assert.equal((await count('10.0.0.300=1')).error.code, 'DOCUMENT_FIELD_TYPE');
  const aggs = { by: { terms: { field: 'client', order: { _key: 'asc' } }, aggs: { n: { sum: { field: 'n' } } } } };
  const { aggregations, hits } = await search('hits-by-ip', {
    size: 0,
    query: { term: { client: '10.0.0.0/8' } },
    aggs,
    token,
  });
  assert.equal(hits.total.value, 2);
  assert.deepEqual(aggregations['by']!.buckets, [
    { key: '10.0.0.1', doc_count: 2, n: { value: 3 } },
    { key: '10.9.0.1', doc_count: 1, n: { value: 8 } },
  ]);
});
