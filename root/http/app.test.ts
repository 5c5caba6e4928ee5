import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { after, before, test } from 'node:test';
import { limits } from '../../shared/limits.ts';
import { encodeToken } from '../route/token.ts';
import { startTestRoot, type TestRoot } from './test-root.ts';

let root: TestRoot;
before(async () => {
  root = await startTestRoot();
});
after(() => root?.close());

interface Refusal {
  readonly status: number;
  readonly error: {
    readonly code: string;
    readonly at?: string;
    readonly message: string;
    readonly fix: string;
    readonly detail?: Readonly<Record<string, unknown>>;
  };
}

const ndjson = 'application/x-ndjson';
const json = 'application/json';
const documents = '/v1/indexes/books/documents';
const search = '/v1/indexes/books/search';
const heads = () => root.log.heads([`${root.index.id}/0`, `${root.index.id}/1`]);
const token = (offsets: Record<string, number>): string => encodeToken(offsets);

type Row = [
  name: string,
  method: 'GET' | 'POST' | 'PUT' | 'OPTIONS',
  url: string,
  type: string,
  body: string,
  refusal: string,
];

// Each row: the request; status, code and place of the refusal.
const rows: Row[] = [
  ['one document and another', 'PUT', `${documents}/k`, json, '{"n":4},{"n":5}', '400 JSON_MALFORMED '],
  ['a document and a bracket', 'PUT', `${documents}/k`, json, '{"n":2}]', '400 JSON_MALFORMED '],
  ['a document with a name twice', 'PUT', `${documents}/k`, json, '{"n":2,"n":3}', '400 JSON_DUPLICATE_KEY /n'],
  ['a body of white space', 'PUT', `${documents}/k`, json, ' \n', '400 BODY_MISSING'],
  ['a query with a name twice', 'POST', search, json, '{"size":1,"query":{},"size":2}', '400 JSON_DUPLICATE_KEY /size'],
  [
    'a schema with a field twice',
    'PUT',
    '/v1/indexes/b',
    json,
    '{"schema":{"fields":{"a":{"kind":"text"},"a":{"kind":"keyword"}}}}',
    '400 JSON_DUPLICATE_KEY /schema/fields/a',
  ],
  ['XML', 'POST', documents, 'application/xml', '<a/>', '415 MEDIA_TYPE_UNSUPPORTED'],
  ['a form', 'POST', documents, 'application/x-www-form-urlencoded', '{}', '415 MEDIA_TYPE_UNSUPPORTED'],
  [
    'one document as a patch',
    'PUT',
    `${documents}/k`,
    'application/merge-patch+json',
    '{}',
    '415 MEDIA_TYPE_UNSUPPORTED',
  ],
  ['many documents as a patch', 'POST', documents, 'application/merge-patch+json', '{}', '415 MEDIA_TYPE_UNSUPPORTED'],
  ['one document as XML', 'PUT', `${documents}/k`, 'application/xml', '<a/>', '415 MEDIA_TYPE_UNSUPPORTED'],
  ['no documents', 'POST', documents, ndjson, '', '400 BODY_MISSING'],
  ['a key without a name', 'POST', `${documents}?key=`, ndjson, '{}', '400 PARAMETER_INVALID key'],
  ['a key of a long name', 'POST', `${documents}?key=${'k'.repeat(201)}`, ndjson, '{}', '400 PARAMETER_INVALID key'],
  ['a path that is not UTF-8', 'GET', `${documents}/%ff`, '', '', '400 URL_MALFORMED'],
  ['a query string that is not UTF-8', 'GET', `${search}?q=%ff`, '', '', '400 PARAMETER_INVALID q'],
  ['a percent sign alone', 'GET', `${search}?q=100%`, '', '', '400 PARAMETER_INVALID q'],
  ['a segment that is too long', 'GET', `${documents}/${'k'.repeat(3000)}`, '', '', '414 URL_TOO_LONG'],
  ['a method no route takes', 'OPTIONS', search, '', '', '405 METHOD_NOT_ALLOWED'],
  ['a path that is not there', 'POST', '/v1/nothing', 'application/xml', '<a/>', '404 ROUTE_UNKNOWN'],
  ['a token of no partition', 'GET', `${search}?token=${token({})}`, '', '', '400 TOKEN_INVALID token'],
  ['a token of another index', 'GET', `${search}?token=${token({ 'xzz/0': 1 })}`, '', '', '400 TOKEN_INVALID token'],
];
for (const [name, method, url, type, payload, expected] of rows) {
  test(`app: refuses ${name}`, async () => {
    const headsBefore = await heads();
    const headers = type === '' ? {} : { 'content-type': type };
    const answer = await root.app.inject({ method, url, headers, ...(type === '' ? {} : { payload }) });
    const { status, error } = answer.json<Refusal>();
    const told = [status, error.code, ...(error.at === undefined ? [] : [error.at])].join(' ');
    assert.deepEqual([answer.statusCode, told], [status, expected], answer.body);
    assert.match(String(answer.headers['content-type']), /^application\/json/);
    assert.ok(error.message.length > 0 && error.fix.length > 0);
    assert.deepEqual(await heads(), headsBefore, 'nothing was written');
  });
}

test('app: a form is told which header to send', async () => {
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  const answer = await root.app.inject({ method: 'POST', url: documents, headers, payload: '{}' });
  const { error } = answer.json<Refusal>();
  assert.match(error.fix, /content-type header .*application\/x-ndjson/);
  assert.deepEqual(error.detail, {
    allowed: ['application/x-ndjson', 'application/ndjson', 'application/json', 'text/plain'],
    actual: 'application/x-www-form-urlencoded',
  });
});

// Each row: where a body goes; the largest that is taken there.
const bodyLimits: [url: string, type: string, limitBytes: number][] = [
  ['/v1/counters/books', json, limits.counterBodyBytesMax],
  [search, json, 100_000],
];
for (const [url, type, limitBytes] of bodyLimits) {
  test(`app: a body that is too large for ${url} is told the limit of that route`, async () => {
    const payload = ' '.repeat(limitBytes + 1);
    const answer = await root.app.inject({ method: 'POST', url, headers: { 'content-type': type }, payload });
    const { status, error } = answer.json<Refusal>();
    assert.deepEqual([status, error.code, error.detail], [413, 'BODY_TOO_LARGE', { limitBytes }]);
  });
}

// Each row: a path; what it takes.
const allows: [url: string, allow: string][] = [
  [search, 'HEAD, POST, GET'],
  [documents, 'POST'],
  [`${documents}/k`, 'PUT, PATCH, DELETE, HEAD, GET'],
  ['/openapi.json', 'HEAD, GET'],
];
for (const [url, allow] of allows) {
  test(`app: ${url} says which methods it takes`, async () => {
    for (const method of (['PATCH', 'OPTIONS'] as const).filter((each) => !allow.includes(each))) {
      const answer = await root.app.inject({ method, url });
      const allowed = String(answer.headers['allow']).split(', ').sort();
      assert.deepEqual([answer.statusCode, allowed], [405, allow.split(', ').sort()]);
    }
  });
}

test('app: HEAD answers as GET does, without a body', async () => {
  const answer = await root.app.inject({ method: 'HEAD', url: '/v1/indexes/books' });
  assert.deepEqual([answer.statusCode, answer.body], [200, '']);
  const none = await root.app.inject({ method: 'HEAD', url: documents });
  assert.deepEqual([none.statusCode, none.headers['allow']], [405, 'POST']);
});

test('app: every content type of documents is read', async () => {
  for (const type of [ndjson, 'application/ndjson', json, 'text/plain', 'application/json; charset=utf-8']) {
    const headers = { 'content-type': type };
    const answer = await root.app.inject({ method: 'POST', url: documents, headers, payload: '{"n":1}' });
    assert.deepEqual([answer.statusCode, answer.json<{ accepted: number }>().accepted], [200, 1], type);
  }
});

test('app: rejected documents are counted beyond those listed', async () => {
  const payload = '{"n":"x"}\n'.repeat(1500);
  await root.app.inject({ method: 'POST', url: documents, headers: { 'content-type': ndjson }, payload });
  const { values } = await root.metrics.documentsRejected.get();
  const counted = values.find(({ labels }) => labels.code === 'DOCUMENT_FIELD_TYPE');
  assert.equal(counted?.value, 1500);
});

async function sendRaw(text: string): Promise<string> {
  if (root.app.server.address() === null) await root.app.listen({ host: '127.0.0.1', port: 0 });
  const address = root.app.server.address();
  assert.ok(typeof address === 'object' && address !== null);
  const socket = connect(address.port, '127.0.0.1', () => socket.write(text));
  let answer = '';
  socket.on('data', (chunk) => (answer += chunk.toString()));
  await new Promise<void>((resolve) => socket.on('close', () => resolve()).on('error', () => resolve()));
  return answer;
}

// Each row: bytes that never become a request; status and code.
const raws: [name: string, text: string, status: number, code: string][] = [
  ['no HTTP', 'hello\r\n\r\n', 400, 'HTTP_MALFORMED'],
  [
    'a very long URL',
    `GET /?q=${'x'.repeat(30_000)} HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n`,
    431,
    'REQUEST_HEAD_TOO_LARGE',
  ],
];
for (const [name, text, status, code] of raws) {
  test(`app: ${name} is answered in the shape of every error`, async () => {
    const [head = '', body = ''] = (await sendRaw(text)).split('\r\n\r\n');
    assert.match(head, new RegExp(`^HTTP/1.1 ${status} `));
    const told = JSON.parse(body) as Refusal;
    assert.deepEqual([told.status, told.error.code], [status, code]);
  });
}
