/** A hook that refuses, refuses on every server, whatever is asked and however: nothing else answers before it. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, beforeEach, test } from 'node:test';
import { startLeafWith } from '../../leaf/main.ts';
import { startTestRoot } from '../../root/http/test-root.ts';
import { readConfig } from '../../shared/config/read.ts';
import { SheafError } from '../../shared/errors.ts';
import type { Authenticate } from '../../shared/http/authenticate.ts';
import { securityHeaders } from '../../shared/http/security-headers.ts';
import { startLog } from '../../shared/log/main.ts';
import { MemoryLog } from '../../shared/log/memory.ts';
import { protocolName } from '../../shared/protocol/frames.ts';
import { silentTelemetry } from '../../shared/telemetry/telemetry.ts';
import { exchange, request, type ServerName } from './three-servers.ts';

let refusal: unknown;
/** The paths it was asked about. */
let asked: (string | undefined)[] = [];
const authenticate: Authenticate = ({ url, headers }) => {
  asked.push(url);
  if (headers['x-pass'] !== 'yes') throw refusal;
};

const folder = mkdtempSync(join(tmpdir(), 'sheaf-authenticate-'));
const ports = {} as Record<ServerName, number>;
const running: { close(): Promise<void> }[] = [];
before(async () => {
  const log = await startLog({ host: '127.0.0.1', port: 0, data: join(folder, 'log'), authenticate }, silentTelemetry);
  const flags = { name: 'leaf-0', port: '0', data: join(folder, 'leaf'), log: '127.0.0.1:9', telemetryLevel: 'silent' };
  const openLog = () => new MemoryLog(() => 0);
  const leaf = await startLeafWith(readConfig('leaf', flags, {}), silentTelemetry, { openLog, authenticate });
  const root = await startTestRoot(new MemoryLog(() => 0), { authenticate });
  running.push(root, leaf, log);
  Object.assign(ports, { log: log.port, leaf: leaf.port });
  ports.root = await root.server.listen({ host: '127.0.0.1', port: 0 });
});
after(async () => {
  for (const each of running) await each.close();
  rmSync(folder, { recursive: true, force: true });
});
beforeEach(() => {
  refusal = new SheafError('OVERLOADED', { detail: { by: 'the hook' } });
  asked = [];
});

const json = { 'content-type': 'application/json' };
const frames = { connection: 'upgrade', upgrade: protocolName };

// Each row: what is asked, of all three.
const rows: [name: string, method: string, path: string, headers?: Readonly<Record<string, string>>, body?: string][] =
  [
    ['whether it lives', 'GET', '/v1/health/live'],
    ['whether it lives, without the answer', 'HEAD', '/v1/health/live'],
    ['its metrics', 'GET', '/metrics'],
    ['a path that is not there', 'GET', '/nowhere'],
    ['a method that is not taken', 'DELETE', '/metrics'],
    ['options', 'OPTIONS', '*'],
    ['a path that cannot be read', 'GET', '/v1/%ff'],
    ['a path too long to be read', 'GET', `/v1/replicas/${'x'.repeat(2000)}/0/files`],
    ['a query string that cannot be read', 'GET', '/v1/health/live?a=%ff'],
    ['a body that cannot be read', 'POST', '/v1/tasks', json, '{'],
    ['the documentation', 'GET', '/docs/'],
    ['the description', 'GET', '/openapi.json'],
    ['a search', 'POST', '/v1/indexes/books/search', json, '{}'],
    ['an upgrade to frames', 'GET', '/', frames],
    ['an upgrade to another version', 'GET', '/', { ...frames, upgrade: 'sheaf-frames/0' }],
    ['an upgrade to web sockets', 'GET', '/', { ...frames, upgrade: 'websocket' }],
  ];
for (const server of ['root', 'leaf', 'log'] as const) {
  for (const [name, method, path, headers, body] of rows) {
    test(`authenticate: the ${server} refuses ${name}`, async () => {
      const answer = await exchange(ports[server], request(method, path, headers, body));
      assert.deepEqual([answer.status, asked], [429, [path]]);
      if (method === 'HEAD') return;
      const told = JSON.parse(answer.body) as { status: number; error: { code: string; detail: unknown } };
      assert.deepEqual([told.status, told.error.code, told.error.detail], [429, 'OVERLOADED', { by: 'the hook' }]);
    });
  }

  test(`authenticate: the ${server} lets pass what the hook lets pass`, async () => {
    const pass = { 'x-pass': 'yes' };
    assert.equal((await exchange(ports[server], request('GET', '/v1/health/live', pass))).status, 200);
    assert.equal((await exchange(ports[server], request('GET', '/nowhere', pass))).status, 404);
    assert.equal((await exchange(ports[server], request('GET', '/v1/%ff', pass))).status, 400);
    const other = request('GET', '/', { ...frames, ...pass, upgrade: 'sheaf-frames/0' });
    assert.equal((await exchange(ports[server], other)).status, server === 'root' ? 404 : 426);
  });

  test(`authenticate: on the ${server} a hook that is at fault itself lets nothing pass`, async () => {
    refusal = new Error('a fault');
    for (const headers of [{}, frames]) {
      assert.equal((await exchange(ports[server], request('GET', '/', headers))).status, 500);
    }
  });
}

test('authenticate: a refusal of the root has the headers that browsers obey', async () => {
  const { headers } = await exchange(ports.root, request('GET', '/v1/health/live'));
  assert.deepEqual({ ...headers, ...securityHeaders() }, headers);
});
