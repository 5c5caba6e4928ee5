/** Every byte that the three servers answer, to what each of them has in common with the others and to what it has not. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { securityHeaders } from '../../shared/http/security-headers.ts';
import { exchange, request, startServers, type ServerName, type Servers } from './three-servers.ts';

let servers: Servers;
before(async () => {
  servers = await startServers();
});
after(() => servers?.close());

const json = { 'content-type': 'application/json' };
const xml = { 'content-type': 'text/xml' };
const upgradeTo = (upgrade: string) => ({ connection: 'upgrade', upgrade });

// Each row: what is sent. What is answered stands by server and name in servers.golden.json.
const common: [name: string, bytes: string][] = [
  ['live', request('GET', '/v1/health/live')],
  ['the head of live', request('HEAD', '/v1/health/live')],
  ['ready', request('GET', '/v1/health/ready')],
  ['metrics', request('GET', '/metrics')],
  ['metrics with a parameter', request('GET', '/metrics?x=1')],
  ['a path that is not there', request('GET', '/nowhere?x=1')],
  ['no path', request('GET', '/')],
  ['a wrong method', request('POST', '/metrics')],
  ['another wrong method', request('DELETE', '/v1/health/live')],
  ['OPTIONS', request('OPTIONS', '/metrics')],
  ['XML to a path that is not there', request('POST', '/nowhere', xml, '<a/>')],
  ['JSON to a path that is not there', request('POST', '/nowhere', json, '{}')],
  ['no JSON to a path that is not there', request('POST', '/nowhere', json, '{')],
  ['a path that is not UTF-8', request('GET', '/v1/%ff')],
  ['a query string that is not UTF-8', request('GET', '/v1/health/live?a=%ff')],
  ['no HTTP', 'hello\r\n\r\n'],
  ['no host', 'GET / HTTP/1.1\r\n\r\n'],
  ['a large head', request('GET', '/', { x: 'y'.repeat(100_000) })],
  ['an upgrade to web sockets', request('GET', '/', upgradeTo('websocket'))],
  ['an upgrade to another version', request('GET', '/', upgradeTo('sheaf-frames/0'))],
];
const own: Readonly<Record<ServerName, [name: string, bytes: string][]>> = {
  root: [
    ['an index that is not there', request('GET', '/v1/indexes/none')],
    ['a search that is no JSON', request('POST', '/v1/indexes/none/search', json, '{')],
    ['a search in XML', request('POST', '/v1/indexes/none/search', xml, '<a/>')],
    ['a wrong method of several', request('PATCH', '/v1/indexes/none/documents')],
    ['an unknown parameter', request('GET', '/v1/cluster?x=1')],
    ['a long part of a path', request('GET', `/v1/indexes/${'x'.repeat(2000)}`)],
    ['the documentation', request('GET', '/docs')],
    ['the description', request('GET', '/openapi.json')],
  ],
  leaf: [
    ['no task', request('POST', '/v1/tasks')],
    ['an empty task', request('POST', '/v1/tasks', { ...json, 'content-length': '0' })],
    ['a task that is no JSON', request('POST', '/v1/tasks', json, '{')],
    ['a task in XML', request('POST', '/v1/tasks', xml, '<a/>')],
    ['a task in words', request('POST', '/v1/tasks', { 'content-type': 'text/plain' }, 'x')],
    ['a task of no kind', request('POST', '/v1/tasks', json, '{}')],
    ['tasks asked for', request('GET', '/v1/tasks')],
    ['files of a shard elsewhere', request('GET', '/v1/replicas/x0/0/files')],
    ['a file without a hold', request('GET', '/v1/replicas/x0/0/files/a')],
    ['a file of no hold', request('GET', '/v1/replicas/x0/0/files/a?hold=x')],
    ['a release without a hold', request('DELETE', '/v1/replicas/x0/0/files')],
    ['a release of no hold', request('DELETE', '/v1/replicas/x0/0/files?hold=x')],
    ['a long part of a path', request('GET', `/v1/replicas/${'x'.repeat(200)}/0/files`)],
  ],
  log: [],
};

interface Golden {
  readonly status: number;
  /** Whether the headers are there that tell browsers what they may do. */
  readonly secured: boolean;
  /** The others. */
  readonly headers: Readonly<Record<string, string>>;
  /** What it begins with, where that ends with an ellipsis: the rest is no matter of servers. */
  readonly body: string;
}

const golden = JSON.parse(readFileSync(join(import.meta.dirname, 'servers.golden.json'), 'utf8')) as Record<
  string,
  Golden
>;

async function check(name: string, port: number, bytes: string): Promise<void> {
  const { status, headers, body } = await exchange(port, bytes);
  const expected = golden[name];
  assert.ok(expected, `no answer is known to ${name}`);
  const security = Object.keys(securityHeaders());
  const isSecurity = (header: string): boolean => security.includes(header);
  const others = Object.entries(headers).filter(([header]) => !isSecurity(header));
  const isCut = expected.body.endsWith('…');
  if (isCut)
    others.splice(
      others.findIndex(([header]) => header === 'content-length'),
      1,
    );
  assert.deepEqual(
    {
      status,
      secured: Object.keys(headers).some(isSecurity),
      headers: Object.fromEntries(others),
      body: isCut ? `${body.slice(0, expected.body.length - 1)}…` : body,
    },
    expected,
  );
  if (expected.secured) assert.deepEqual({ ...headers, ...securityHeaders() }, headers);
}

for (const server of ['root', 'leaf', 'log'] as const) {
  for (const [name, bytes] of [...common, ...own[server]]) {
    test(`the ${server} answers: ${name}`, () => check(`${server}: ${name}`, servers.ready[server], bytes));
  }
}

for (const server of ['root', 'leaf'] as const) {
  test(`the ${server} answers: ready, without a log`, () =>
    check(`${server}: ready, without a log`, servers.unready[server], request('GET', '/v1/health/ready')));
}
