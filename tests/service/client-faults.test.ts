/** What a client does wrong is told as the client's, and the telemetry of the process has no word of it. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { after, before, beforeEach, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { pino } from 'pino';
import { startTestRoot, type TestRoot } from '../../root/http/test-root.ts';
import { parseIndexBody } from '../../shared/schema/parse.ts';
import { defineIndex } from '../../root/catalog/define-index.ts';
import { exchange, request } from './three-servers.ts';

let root: TestRoot;
let port: number;
let told: string[] = [];
before(async () => {
  root = await startTestRoot(undefined, {
    telemetry: pino({ level: 'warn' }, { write: (line) => void told.push(line) }),
  });
  const rollup = { kind: 'rollup', schema: { dimensions: { page: { kind: 'keyword' } }, metrics: { n: {} } } };
  await defineIndex(root.catalog, 'clicks', parseIndexBody(rollup));
  port = await root.server.listen({ host: '127.0.0.1', port: 0 });
});
after(() => root?.close());
beforeEach(() => {
  told = [];
});

const json = { 'content-type': 'application/json' };
const form = { 'content-type': 'application/x-www-form-urlencoded' };
const lines = { 'content-type': 'application/x-ndjson' };

// Each row: a path below the page, and none that is there.
for (const path of ['..', '../x', '%2e%2e', '%00', 'a%5c..%5c', 'none', '.x', '..%2f..%2fpackage.json']) {
  test(`/docs/static/${path}: is a path that is not there`, async () => {
    const { status, body } = await exchange(port, request('GET', `/docs/static/${path}`));
    const code = (JSON.parse(body) as { error: { code: string } }).error.code;
    assert.deepEqual([status, code, told], [404, 'ROUTE_UNKNOWN', []]);
  });
}

// Each row: who sends what, which is packed in a way the route does not unpack.
const packed: [
  name: string,
  method: string,
  path: string,
  headers: Readonly<Record<string, string>>,
  encoding: string,
][] = [
  ['a search', 'POST', '/v1/indexes/books/search', json, 'gzip'],
  ['an index', 'PUT', '/v1/indexes/more', json, 'gzip'],
  ['a text to be analysed', 'POST', '/v1/indexes/books/analyze', json, 'br'],
  ['counters', 'POST', '/v1/counters/clicks', json, 'gzip'],
  ['a form', 'POST', '/v1/counters/clicks', form, 'deflate'],
  ['documents', 'POST', '/v1/indexes/books/documents?key=id', lines, 'br'],
  ['documents packed twice', 'POST', '/v1/indexes/books/documents?key=id', lines, 'gzip, gzip'],
  ['a document', 'PUT', '/v1/indexes/books/documents/a', json, 'x'],
];
for (const [name, method, path, headers, encoding] of packed) {
  test(`content-encoding ${encoding}: of ${name} is not read`, async () => {
    const all = { ...headers, 'content-encoding': encoding };
    const { status, body } = await exchange(port, request(method, path, all, gzipSync('{}').toString('latin1')));
    const { error } = JSON.parse(body) as { error: { code: string; at: string } };
    assert.deepEqual([status, error.code, error.at, told], [415, 'MEDIA_TYPE_UNSUPPORTED', 'content-encoding', []]);
  });
}

// Each row: a request whose client leaves when a part of the body has been sent.
const left: [name: string, path: string, headers: Readonly<Record<string, string>>][] = [
  ['a search', '/v1/indexes/books/search', json],
  ['counters', '/v1/counters/clicks', json],
  ['a form', '/v1/counters/clicks', form],
  ['documents', '/v1/indexes/books/documents?key=id', lines],
];
for (const [name, path, headers] of left) {
  test(`a client that leaves in the middle of ${name} is no fault of the process`, async () => {
    for (const length of ['content-length: 1000\r\n\r\n{"a"', 'transfer-encoding: chunked\r\n\r\n9\r\n{"a"']) {
      const head = Object.entries(headers).map(([header, value]) => `${header}: ${value}\r\n`);
      const socket = connect(port, '127.0.0.1');
      const seen = once(root.app.server, 'request', { signal: AbortSignal.timeout(5000) });
      socket.write(`POST ${path} HTTP/1.1\r\nhost: localhost\r\n${head.join('')}${length}`);
      const [incoming] = (await seen) as [NodeJS.ReadableStream];
      const gone = once(incoming, 'close', { signal: AbortSignal.timeout(5000) });
      socket.destroy();
      await gone.catch(() => undefined);
      // It is answered, to nobody, in a turn of its own.
      await exchange(port, request('GET', '/v1/health/live'));
    }
    assert.deepEqual(told, []);
    const metrics = (await exchange(port, request('GET', '/metrics'))).body;
    assert.doesNotMatch(metrics, /status="500"/);
  });
}

test('/docs: its policy asks for nothing over TLS, which is not spoken here, and holds otherwise', async () => {
  const { headers } = await exchange(port, request('GET', '/docs/static/index.html'));
  const at = headers['location'] ?? '/docs/static/index.html';
  const policy = (await exchange(port, request('GET', at.startsWith('.') ? '/docs/' : at))).headers[
    'content-security-policy'
  ];
  assert.match(policy ?? '', /^default-src 'self';.*script-src 'self'/);
  assert.doesNotMatch(policy ?? '', /upgrade-insecure-requests/);
});
