import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { after, before, test } from 'node:test';
import { startCluster, type Cluster } from '../cluster/start.ts';
import { must, send } from './client.ts';

let cluster: Cluster;
before(async () => {
  cluster = await startCluster({ leaves: 1, args: ['--body-bytes-max', '100000'] });
  await must('PUT', `${cluster.url}/v1/indexes/books`, {
    shards: 2,
    schema: {
      fields: {
        id: { kind: 'keyword' },
        title: { kind: 'text', fields: { raw: { kind: 'keyword' } } },
        year: { kind: 'integer' },
        'author.name': { kind: 'keyword' },
      },
    },
  });
  await must('POST', `${cluster.url}/v1/indexes/books/documents?key=id&refresh=wait`, '{"id":"a","title":"A tale"}');
});
after(() => cluster?.stop());

interface Refusal {
  readonly status: number;
  readonly error: { readonly code: string; readonly at?: string; readonly message: string; readonly fix: string };
}

const search = '/v1/indexes/books/search';
const documents = '/v1/indexes/books/documents';

// Each row: the request; status, code and place of the refusal.
const rows: [name: string, method: string, path: string, body: unknown, status: number, code: string, at?: string][] = [
  ['no such route', 'GET', '/v1/nothing', undefined, 404, 'ROUTE_UNKNOWN'],
  ['a method the route does not take', 'PATCH', search, undefined, 405, 'METHOD_NOT_ALLOWED'],
  ['a body that is no JSON', 'POST', search, 'JSON:{"query":', 400, 'JSON_MALFORMED'],
  ['a body of another type', 'POST', search, 'query', 415, 'MEDIA_TYPE_UNSUPPORTED'],
  ['a body over the limit', 'POST', search, { token: 'x'.repeat(200_000) }, 413, 'BODY_TOO_LARGE'],
  ['a body that is no object', 'POST', search, [1], 400, 'REQUEST_TYPE_WRONG', ''],
  ['an unknown property', 'POST', search, { qeury: {} }, 400, 'REQUEST_FIELD_UNKNOWN', '/qeury'],
  [
    'an unknown clause',
    'POST',
    search,
    { query: { macth: { title: 'x' } } },
    400,
    'QUERY_CLAUSE_UNKNOWN',
    '/query/macth',
  ],
  [
    'an unknown field',
    'POST',
    search,
    { query: { match: { titel: 'x' } } },
    400,
    'FIELD_UNKNOWN',
    '/query/match/titel',
  ],
  [
    'a value of the wrong type',
    'POST',
    search,
    { query: { term: { year: '1' } } },
    400,
    'REQUEST_TYPE_WRONG',
    '/query/term/year',
  ],
  ['a window over the limit', 'POST', search, { from: 9_995, size: 10 }, 400, 'RESULT_WINDOW_TOO_LARGE', '/size'],
  ['a sort by text', 'POST', search, { sort: 'title' }, 400, 'FIELD_KIND_WRONG', '/sort'],
  ['a timeout of 0', 'POST', search, { timeout: 0 }, 400, 'REQUEST_VALUE_INVALID', '/timeout'],
  ['a timeout over the limit', 'POST', search, { timeout: '5m' }, 400, 'REQUEST_VALUE_INVALID', '/timeout'],
  [
    'an unknown aggregation',
    'POST',
    search,
    { aggs: { a: { median: { field: 'year' } } } },
    400,
    'AGGREGATION_UNKNOWN',
    '/aggs/a/median',
  ],
  ['a token nobody gave', 'POST', search, { token: 'nonsense' }, 400, 'TOKEN_INVALID', 'token'],
  ['an unknown parameter', 'GET', `${search}?query=x`, undefined, 400, 'PARAMETER_UNKNOWN', 'query'],
  ['quotes', 'GET', `${search}?q=%22a%20b`, undefined, 400, 'QUERY_STRING_QUOTES', 'q'],
  ['a parenthesis left open', 'GET', `${search}?q=(a`, undefined, 400, 'QUERY_STRING_INVALID', 'q'],
  ['no such index', 'POST', '/v1/indexes/none/search', {}, 404, 'INDEX_NOT_FOUND'],
  [
    'a name that is not allowed',
    'PUT',
    '/v1/indexes/Bad%20Name',
    { schema: { fields: {} } },
    400,
    'INDEX_NAME_INVALID',
    'index',
  ],
  ['a schema without fields', 'PUT', '/v1/indexes/b', { schema: {} }, 400, 'REQUEST_FIELD_MISSING', '/schema'],
  [
    'a kind of field that is not',
    'PUT',
    '/v1/indexes/b',
    { schema: { fields: { a: { kind: 'string' } } } },
    400,
    'REQUEST_VALUE_INVALID',
    '/schema/fields/a/kind',
  ],
  [
    'another number of shards',
    'PUT',
    '/v1/indexes/books',
    { shards: 3, schema: { fields: {} } },
    409,
    'INDEX_CONFLICT',
  ],
  [
    'another kind of a field',
    'PUT',
    '/v1/indexes/books',
    { schema: { fields: { year: { kind: 'text' } } } },
    409,
    'INDEX_CONFLICT',
  ],
  ['a document that is not there', 'GET', `${documents}/none`, undefined, 404, 'DOCUMENT_NOT_FOUND'],
  ['a key that is too long', 'PUT', `${documents}/${'k'.repeat(513)}`, {}, 400, 'KEY_TOO_LONG', 'key'],
  ['a document with an unknown field', 'PUT', `${documents}/k`, { x: 1 }, 400, 'DOCUMENT_FIELD_UNKNOWN', '/x'],
  ['a document with a wrong type', 'PUT', `${documents}/k`, { year: 1.5 }, 400, 'DOCUMENT_FIELD_TYPE', '/year'],
  ['a document that is no object', 'PUT', `${documents}/k`, [1, 2], 400, 'DOCUMENT_NOT_OBJECT', ''],
  ['no document', 'PUT', `${documents}/k`, 'JSON:', 400, 'BODY_MISSING'],
  ['two documents', 'PUT', `${documents}/k`, 'JSON:{},{}', 400, 'JSON_MALFORMED', ''],
  ['a name twice', 'POST', search, 'JSON:{"size":1,"size":2}', 400, 'JSON_DUPLICATE_KEY', '/size'],
  ['a path that is not UTF-8', 'GET', `${documents}/%ff`, undefined, 400, 'URL_MALFORMED'],
  ['a query string that is not UTF-8', 'GET', `${search}?q=%ff`, undefined, 400, 'PARAMETER_INVALID', 'q'],
  ['a key of no name', 'POST', `${documents}?key=`, '{}', 400, 'PARAMETER_INVALID', 'key'],
  ['a bulk of nothing', 'POST', documents, '', 400, 'BODY_MISSING'],
  ['refresh by another word', 'POST', `${documents}?refresh=now`, '', 400, 'PARAMETER_INVALID', 'refresh'],
  ['an array that is not closed', 'POST', documents, 'JSON:[{"id":"x"}', 400, 'JSON_MALFORMED'],
];

for (const [name, method, path, body, status, code, at] of rows) {
  test(`bad input: ${name}`, async () => {
    const isRaw = typeof body === 'string';
    const asJson = isRaw && body.startsWith('JSON:');
    const answer = await send<Refusal>(
      method,
      `${cluster.url}${path}`,
      asJson ? body.slice(5) : body,
      isRaw ? (asJson ? 'application/json' : 'text/plain') : undefined,
    );
    const told = answer.body.error;
    assert.deepEqual([answer.status, told?.code, told?.at], [status, code, at], JSON.stringify(answer.body));
    assert.ok(told.message.length > 0 && told.fix.length > 0);
  });
}

test('bad input: a PUT that is refused leaves the document as it was', async () => {
  const url = `${cluster.url}${documents}/kept`;
  await must('PUT', url, { year: 1 });
  for (const body of ['{"year":4},{"year":5}', '{"year":2}]', '{"year":3},', '{"year":7},7', '{"year":8,"year":9}']) {
    assert.equal((await send('PUT', url, body, 'application/json')).status, 400, body);
    const { _source } = await must<{ _source: object }>('GET', url);
    assert.deepEqual(_source, { year: 1 }, body);
  }
});

test('bad input: one bad line of a bulk is rejected and no other', async () => {
  const lines = ['{"id":"b1","year":1}', '{"id":"b2","year":"x"}', 'nonsense', '{"year":1}', '{"id":"b3"}'];
  interface Bulk {
    readonly accepted: number;
    readonly rejected: { readonly count: number; readonly listed: { line: number; code: string; at: string }[] };
  }
  const answer = await must<Bulk>('POST', `${cluster.url}${documents}?key=id&refresh=wait`, lines.join('\n'));
  assert.equal(answer.accepted, 2);
  assert.equal(answer.rejected.count, 3);
  assert.deepEqual(
    answer.rejected.listed.map(({ line, code, at }) => [line, code, at]),
    [
      [2, 'DOCUMENT_FIELD_TYPE', '/year'],
      [3, 'JSON_MALFORMED', ''],
      [4, 'KEY_MISSING', ''],
    ],
  );
});

for (const [levels, code] of [
  [100, 'QUERY_TOO_DEEP'],
  [2000, 'BODY_TOO_DEEP'],
] as const) {
  test(`bad input: a query of ${levels} levels is refused, not a crash`, async () => {
    let query = '{"match_all":{}}';
    for (let i = 0; i < levels; i++) query = `{"bool":{"must":[${query}]}}`;
    const answer = await send<Refusal>('POST', `${cluster.url}${search}`, `{"query":${query}}`, 'application/json');
    assert.equal(answer.body.error.code, code);
  });
}

test('bad input: a body that breaks off harms nothing', async () => {
  const socket = connect(cluster.port, '127.0.0.1');
  socket.write(
    `POST ${documents}?key=id HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/x-ndjson\r\ncontent-length: 1000\r\n\r\n{"id":"c1"}\n{"id`,
  );
  await new Promise((resolve) => setTimeout(resolve, 100));
  socket.destroy();
  await must('PUT', `${cluster.url}${documents}/after?refresh=wait`, { id: 'after' });
  const found = await must<{ found: boolean }>('GET', `${cluster.url}${documents}/after`);
  assert.equal(found.found, true);
});

test('bad input: garbage on the port is answered or dropped, and the root lives on', async () => {
  for (const garbage of [
    '\x00\x01\x02\x03',
    'GET / HTTP/9.9\r\n\r\n',
    'GET / HTTP/1.1\r\nhost: 127.0.0.1\r\nupgrade: sheaf-frames/0\r\nconnection: upgrade\r\n\r\n',
  ]) {
    const socket = connect(cluster.port, '127.0.0.1', () => socket.write(garbage));
    await new Promise<void>((resolve) => {
      socket.on('error', () => resolve());
      socket.on('close', () => resolve());
      socket.on('data', () => socket.destroy());
      socket.setTimeout(500, () => socket.destroy());
    });
  }
  assert.equal((await send('GET', `${cluster.url}/v1/health/live`)).status, 200);
});
