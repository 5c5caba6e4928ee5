/** Clients that send slowly, or nothing, or too many connections: each is told, and costs nobody else anything. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { after, before, test, type TestContext } from 'node:test';
import { startTestRoot, testParts, type TestRoot } from '../../root/http/test-root.ts';
import { openServer } from '../../shared/http/server.ts';
import { MemoryLog } from '../../shared/log/memory.ts';
import { protocolName } from '../../shared/protocol/frames.ts';
import { silentTelemetry } from '../../shared/telemetry/telemetry.ts';
import { exchange, request } from './three-servers.ts';
import { encodeFrameHead } from '../../shared/transport/frame.ts';

let root: TestRoot;
let port: number;
const limits = { headTimeoutMs: 300, requestTimeoutMs: 1200, bodyIdleMs: 600 };
before(async () => {
  const log = new MemoryLog(() => 0);
  root = await startTestRoot(log, { config: { ...testParts(log).config, ...limits } });
  port = await root.server.listen({ host: '127.0.0.1', port: 0 });
});
after(() => root?.close());

/** Ends with the test, or after ten seconds. */
function open(t: TestContext, to: number): Socket {
  const socket = connect({ port: to, host: '127.0.0.1', signal: AbortSignal.timeout(10_000) });
  socket.on('error', () => undefined);
  t.after(() => socket.destroy());
  return socket;
}

const post = (path: string, type: string): string =>
  `POST ${path} HTTP/1.1\r\nhost: localhost\r\ncontent-type: ${type}\r\ncontent-length: 1000\r\n\r\n`;
const search = post('/v1/indexes/books/search', 'application/json');
const bulk = post('/v1/indexes/books/documents?key=id', 'application/x-ndjson');

// Each row: what is sent at once, and what every 100 ms afterwards.
const rows: [name: string, sent: string, drip: string][] = [
  ['a connection on which nothing is asked', '', ''],
  ['a head that stops', 'GET / HTTP/1.1\r\nhost: a', ''],
  ['the body of a search that stops', `${search}{`, ''],
  ['the body of a search that drips', `${search}{`, ' '],
  ['a bulk that stops', `${bulk}{"id":"a"}\n`, ''],
];
for (const [name, sent, drip] of rows) {
  test(`slow clients: ${name} is told so and ended`, async (t) => {
    const socket = open(t, port);
    socket.write(sent);
    const timer = setInterval(() => drip !== '' && socket.write(drip), 100);
    const answer = await text(socket).finally(() => clearInterval(timer));
    assert.match(answer, /^HTTP\/1.1 408 /);
    assert.match(answer, /"code":"REQUEST_TOO_SLOW"/);
  });
}

test('slow clients: a bulk may take longer than any other request, as long as bytes keep coming', async (t) => {
  const socket = open(t, port);
  const line = '{"id":"a","n":1}\n';
  const count = 20;
  socket.write(bulk.replace('1000', String(line.length * count)).replace('host:', 'connection: close\r\nhost:'));
  const answered = text(socket);
  for (let i = 0; i < count; i++) {
    socket.write(line);
    await sleep(100);
  }
  assert.match(await answered, /^HTTP\/1.1 200 [\s\S]*"accepted":20/);
});

test('connections-max: one more is told 503 and when to come back, and there is room again when one ends', async (t) => {
  const door = { host: '127.0.0.1', connectionsMax: 2 };
  const server = openServer({ telemetry: silentTelemetry, door, closes: 'all' });
  t.after(() => server.close());
  server.app.get('/x', async () => 'x');
  const to = await server.listen({ host: '127.0.0.1', port: 0 });
  const kept = [open(t, to), open(t, to)];
  await Promise.all(kept.map((socket) => once(socket, 'connect')));
  const refused = await exchange(to, request('GET', '/x'));
  assert.deepEqual(
    [refused.status, refused.headers['retry-after'], refused.headers['connection']],
    [503, '1', 'close'],
  );
  assert.equal((JSON.parse(refused.body) as { error: { code: string } }).error.code, 'TOO_MANY_CONNECTIONS');
  kept[0]!.destroy();
  for (let tries = 0; tries < 100 && (await exchange(to, request('GET', '/x'))).status !== 200; tries++)
    await sleep(20);
  assert.equal((await exchange(to, request('GET', '/x'))).status, 200);
});

test('frames: a connection of frames outlives every limit of requests', async (t) => {
  const server = openServer({ telemetry: silentTelemetry, door: { host: '127.0.0.1', ...limits }, closes: 'all' });
  t.after(() => server.close());
  let closed = false;
  server.accept(() => ({ onFrame: () => undefined, onClose: () => (closed = true) }));
  const socket = open(t, await server.listen({ host: '127.0.0.1', port: 0 }));
  socket.write(request('GET', '/', { connection: 'upgrade', upgrade: protocolName }));
  await once(socket, 'data');
  // Who says nothing at all is taken for gone, as anywhere.
  const pinging = setInterval(() => socket.write(encodeFrameHead('ping', 0, {}, 0)), 100);
  t.after(() => clearInterval(pinging));
  await sleep(limits.requestTimeoutMs + 1000);
  assert.equal(closed, false);
});
