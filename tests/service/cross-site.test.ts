/** What a page of another site asks through a visitor's browser is refused by every server, and nothing comes of it. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { startLeafWith } from '../../leaf/main.ts';
import { startTestRoot, testParts, type TestRoot } from '../../root/http/test-root.ts';
import { partitionOf } from '../../shared/index-kinds/partitions.ts';
import { readConfig } from '../../shared/config/read.ts';
import { startLog } from '../../shared/log/main.ts';
import { MemoryLog } from '../../shared/log/memory.ts';
import { silentTelemetry } from '../../shared/telemetry/telemetry.ts';
import { exchange, request, type RawAnswer, type ServerName } from './three-servers.ts';

type Headers = Readonly<Record<string, string>>;

const folder = mkdtempSync(join(tmpdir(), 'sheaf-cross-site-'));
const ports = {} as Record<ServerName | 'open' | 'everywhere', number>;
const running: { close(): Promise<void> }[] = [];
let root: TestRoot;

async function startRoot(config: object): Promise<TestRoot> {
  const parts = testParts(new MemoryLog(() => 0));
  const started = await startTestRoot(new MemoryLog(() => 0), { config: { ...parts.config, ...config } });
  running.push(started);
  return started;
}

before(async () => {
  const log = await startLog({ host: '127.0.0.1', port: 0, data: join(folder, 'log') }, silentTelemetry);
  const flags = { name: 'leaf-0', port: '0', data: join(folder, 'leaf'), log: '127.0.0.1:9', telemetryLevel: 'silent' };
  const openLog = () => new MemoryLog(() => 0);
  const leaf = await startLeafWith(readConfig('leaf', flags, {}), silentTelemetry, { openLog });
  running.push(leaf, log);
  root = await startRoot({});
  const open = await startRoot({ hosts: ['search.example', '.below.example'], cors: ['https://shop.example'] });
  const everywhere = await startRoot({ host: '0.0.0.0' });
  const here = { host: '127.0.0.1', port: 0 };
  Object.assign(ports, { log: log.port, leaf: leaf.port });
  ports.root = await root.server.listen(here);
  ports.open = await open.server.listen(here);
  ports.everywhere = await everywhere.server.listen(here);
});
after(async () => {
  for (const each of running) await each.close();
  rmSync(folder, { recursive: true, force: true });
});

const codeOf = ({ body }: RawAnswer): string | undefined =>
  body === '' ? undefined : (JSON.parse(body) as { error?: { code: string } }).error?.code;

const elsewhere = { origin: 'https://evil.example' };
const fetched = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'cors', 'sec-fetch-dest': 'empty' };
const followed = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' };
const typed = { ...followed, 'sec-fetch-site': 'none' };
const text = { 'content-type': 'text/plain' };
const form = { 'content-type': 'application/x-www-form-urlencoded' };

// Each row: what a page asks through a browser, on all three servers.
const refused: [name: string, method: string, path: string, headers: Headers, body?: string][] = [
  ['a bulk as plain text', 'POST', '/v1/indexes/books/documents', { ...elsewhere, ...fetched, ...text }, '{"id":"a"}'],
  ['the same over plain HTTP, with an origin alone', 'POST', '/v1/indexes/books/documents', { ...elsewhere, ...text }],
  ['a form of counters', 'POST', '/v1/counters/books', { ...elsewhere, ...followed, ...form }, 'n=1'],
  ['a form in a sandbox', 'POST', '/v1/counters/books', { origin: 'null', ...form }, 'n=1'],
  ['a delete', 'DELETE', '/v1/indexes/books', { ...elsewhere, ...fetched }],
  [
    'the question before a delete',
    'OPTIONS',
    '/v1/indexes/books',
    { ...elsewhere, 'access-control-request-method': 'DELETE' },
  ],
  ['a search', 'GET', '/v1/indexes/books/search?q=a', { ...elsewhere, ...fetched }],
  ['a search as an image', 'GET', '/v1/indexes/books/search?q=a', { ...fetched, 'sec-fetch-mode': 'no-cors' }],
  ['a search as a link', 'GET', '/v1/indexes/books/search?q=a', followed],
  [
    'a search of a page beside it',
    'GET',
    '/v1/indexes/books/search?q=a',
    { ...fetched, 'sec-fetch-site': 'same-site' },
  ],
  [
    'a page of another port of this machine',
    'POST',
    '/v1/counters/books',
    { origin: 'http://127.0.0.1:1', ...form },
    'n=1',
  ],
  ['metrics', 'GET', '/metrics', { ...elsewhere, ...fetched }],
  ['the documentation in a frame', 'GET', '/docs', { ...followed, 'sec-fetch-dest': 'iframe' }],
  ['the description, fetched', 'GET', '/openapi.json', { ...elsewhere, ...fetched }],
  ['a form sent to the documentation', 'POST', '/docs', { ...elsewhere, ...followed, ...form }, 'a=1'],
  ['a path that cannot be read', 'GET', '/v1/%ff', { ...elsewhere, ...fetched }],
  ['an upgrade', 'GET', '/', { ...elsewhere, connection: 'upgrade', upgrade: 'websocket' }],
];
for (const server of ['root', 'leaf', 'log'] as const) {
  for (const [name, method, path, headers, body] of refused) {
    test(`another site: the ${server} refuses ${name}`, async () => {
      const answer = await exchange(ports[server], request(method, path, headers, body));
      assert.deepEqual([answer.status, codeOf(answer)], [403, 'ORIGIN_REFUSED']);
      assert.equal(answer.headers['access-control-allow-origin'], undefined);
    });
  }

  test(`another site: the ${server} goes by no other name`, async () => {
    for (const host of [
      'rebound.example',
      `rebound.example:${ports[server]}`,
      '10.1.2.3',
      'localhost.example',
      'a b',
      '',
    ]) {
      const answer = await exchange(ports[server], request('GET', '/v1/health/live', { host }));
      assert.deepEqual([host, answer.status, codeOf(answer)], [host, 421, 'HOST_UNKNOWN']);
    }
    // What a page can ask of itself once its name points here.
    const rebound = { host: 'rebound.example', origin: 'http://rebound.example', 'sec-fetch-site': 'same-origin' };
    const answer = await exchange(ports[server], request('DELETE', '/v1/indexes/books', rebound));
    assert.deepEqual([answer.status, codeOf(answer)], [421, 'HOST_UNKNOWN']);
  });

  test(`another site: the ${server} answers by address, by loopback names, and whoever names no host`, async () => {
    for (const host of [
      '127.0.0.1',
      'localhost',
      'LOCALHOST:1',
      'a.localhost',
      '[::1]:7700',
      '127.8.9.1',
      'localhost.',
    ]) {
      const { status } = await exchange(ports[server], request('GET', '/v1/health/live', { host }));
      assert.deepEqual([host, status], [host, 200]);
    }
    assert.equal((await exchange(ports[server], 'GET /v1/health/live HTTP/1.0\r\n\r\n')).status, 200);
  });
}

test('another site: after all of that the index is there, and nothing was written', async () => {
  const { status, body } = await exchange(ports.root, request('GET', '/v1/indexes/books'));
  assert.deepEqual([status, (JSON.parse(body) as { name: string }).name], [200, 'books']);
  assert.deepEqual(await root.log.heads([0, 1].map((shard) => partitionOf(root.index, shard))), [-1, -1]);
});

// Each row: what a person or a page of the server itself asks, and the status.
const passed: [name: string, method: string, path: string, headers: Headers, status: number][] = [
  ['a link to the documentation', 'GET', '/docs/static/index.html', followed, 302],
  ['a link to the description', 'GET', '/openapi.json', followed, 200],
  ['an address typed', 'GET', '/v1/indexes/books', typed, 200],
  ['the own page', 'GET', '/v1/indexes/books', { ...fetched, 'sec-fetch-site': 'same-origin' }, 200],
  [
    'the own page by its origin',
    'GET',
    '/v1/indexes/books',
    { host: 'localhost:7', origin: 'http://localhost:7' },
    200,
  ],
  ['the own page behind TLS', 'GET', '/v1/indexes/books', { host: 'localhost', origin: 'https://localhost' }, 200],
  ['a program', 'GET', '/v1/indexes/books', {}, 200],
  [
    'a program that names no origin, with a question',
    'OPTIONS',
    '/v1/indexes/books',
    { 'access-control-request-method': 'PUT' },
    405,
  ],
];
for (const [name, method, path, headers, status] of passed) {
  test(`another site: ${name} passes`, async () => {
    const answer = await exchange(ports.root, request(method, path, headers));
    assert.equal(answer.status, status);
    assert.equal(answer.headers['vary'], undefined);
  });
}

test('--hosts: names and the names below a name', async () => {
  const rows = { 'search.example': 200, 'a.below.example:80': 200, 'below.example': 421, 'xsearch.example': 421 };
  for (const [host, status] of Object.entries(rows)) {
    const answer = await exchange(ports.open, request('GET', '/v1/health/live', { host }));
    assert.deepEqual([host, answer.status], [host, status]);
  }
});

test('a server that listens on every address answers by every address, and by no name', async () => {
  const rows = { '10.1.2.3:7700': 200, '[fd00::1]': 200, 'rebound.example': 421, '10.1.2.3.example': 421 };
  for (const [host, status] of Object.entries(rows)) {
    const answer = await exchange(ports.everywhere, request('GET', '/v1/health/live', { host }));
    assert.deepEqual([host, answer.status], [host, status]);
  }
});

const shop = { ...fetched, origin: 'https://shop.example' };

test('--cors: a browser that asks first is told what the page may send', async () => {
  const asks = { ...shop, 'access-control-request-method': 'PUT', 'access-control-request-headers': 'content-type' };
  const answer = await exchange(ports.open, request('OPTIONS', '/v1/indexes/books/documents/a', asks));
  assert.deepEqual([answer.status, answer.body], [204, '']);
  assert.equal(answer.headers['access-control-allow-origin'], 'https://shop.example');
  assert.equal(answer.headers['access-control-allow-methods'], 'GET, HEAD, POST, PUT, PATCH, DELETE');
  assert.match(
    answer.headers['access-control-allow-headers']!,
    /content-type, .*idempotency-key, if-match, if-none-match, sheaf-token/,
  );
  assert.match(answer.headers['access-control-max-age']!, /^\d+$/);
  assert.equal(answer.headers['vary'], 'Origin');
});

test('--cors: pages of the origin may read every answer and its headers, refusals among them', async () => {
  for (const [path, status] of [
    ['/v1/indexes/books', 200],
    ['/v1/indexes/none', 404],
    ['/v1/cluster?x=1', 400],
  ] as const) {
    const { headers, ...answer } = await exchange(ports.open, request('GET', path, shop));
    assert.deepEqual([path, answer.status, headers['access-control-allow-origin']], [path, status, shop.origin]);
    assert.match(headers['access-control-expose-headers']!, /retry-after, .*sheaf-token/);
    assert.equal(headers['vary'], 'Origin');
  }
});

test('--cors: other origins are refused as before, and every answer depends on the origin', async () => {
  const answer = await exchange(ports.open, request('DELETE', '/v1/indexes/books', { ...elsewhere, ...fetched }));
  assert.deepEqual([answer.status, answer.headers['access-control-allow-origin']], [403, undefined]);
  assert.equal(answer.headers['vary'], 'Origin');
  assert.equal((await exchange(ports.open, request('GET', '/v1/indexes/books'))).headers['vary'], 'Origin');
});
