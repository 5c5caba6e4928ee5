/** Both ends of the handshake, over real sockets: who gets a connection from whom, and what an impostor is sent. */
import assert from 'node:assert/strict';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { test, type TestContext } from 'node:test';
import { Registry } from '@prometheus-io/client';
import { asSheafError } from '../errors.ts';
import { openPeerDoor } from '../http/peer-door.ts';
import { openServer } from '../http/server.ts';
import { protocolName } from '../protocol/frames.ts';
import { drawNonce, prove, type Secret } from '../secret/proof.ts';
import { silentTelemetry } from '../telemetry/telemetry.ts';
import { dial } from './dial.ts';
import { askPeer } from './outgoing.ts';

const host = '127.0.0.1';
const [older, newer, foreign] = ['o', 'n', 'f'].map((letter) => letter.repeat(32)) as [string, string, string];

/** A server as leaves and the log have it, with a route. @returns its port */
async function serve(t: TestContext, secret: Secret | undefined): Promise<number> {
  const telemetry = silentTelemetry;
  const peers = secret && openPeerDoor({ secret, telemetry, registry: new Registry() });
  const server = openServer({ telemetry, door: { host }, peers, closes: 'all' });
  server.app.get('/v1/thing', async () => 'the thing');
  server.accept(() => ({ onFrame: () => undefined, onClose: () => undefined }));
  t.after(() => server.close());
  return await server.listen({ host, port: 0 });
}

/** `connected`, or why there is no connection. */
async function dialOnce(port: number, secret: Secret | undefined): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>();
  const dialled = dial(
    { address: { host, port }, random: () => 1, secret },
    {
      onConnection: () => {
        resolve('connected');
        return { onFrame: () => undefined, onClose: () => undefined };
      },
      onFailure: ({ code, detail }) => resolve(`${code}: ${String(detail['reason'])}`),
    },
  );
  return await promise.finally(() => dialled.close());
}

async function askOnce(port: number, secret: Secret | undefined): Promise<string> {
  try {
    const request = { method: 'GET', path: '/v1/thing', silentMs: 5000, secret } as const;
    const { statusCode, body } = await askPeer({ host, port }, request);
    const text = await body.text();
    return statusCode === 200 ? text : `${statusCode} ${(JSON.parse(text) as { error: { code: string } }).error.code}`;
  } catch (error) {
    const { code, detail } = asSheafError(error);
    return `${code}: ${String(detail['reason'])}`;
  }
}

const thing = 'the thing';
const another = 'SECRET_WRONG: it has another';
const none = 'SECRET_WRONG: it has none';
// Each row: what the server has, what the client has, what comes of frames and of HTTP.
const pairs: [server: Secret | undefined, client: Secret | undefined, frames: string, http: string][] = [
  [[older], [older], 'connected', thing],
  [[newer, older], [older], 'connected', thing],
  [[older], [newer, older], 'connected', thing],
  [[newer], [newer, older], 'connected', thing],
  [[newer, older], [newer], 'connected', thing],
  [[newer, older], [older, newer], 'connected', thing],
  [[newer], [older], another, another],
  [[newer, older], [foreign], another, another],
  [undefined, [older], none, none],
  [[older], undefined, 'SECRET_WRONG: it has one, and this process has none', '401 PEER_UNPROVEN'],
  [undefined, undefined, 'connected', thing],
];
const nameOf = (secret: Secret | undefined): string => secret?.map((key) => key[0]).join(',') ?? 'nothing';
for (const [server, client, frames, http] of pairs) {
  test(`handshake: a server with ${nameOf(server)}, a client with ${nameOf(client)}`, async (t) => {
    const port = await serve(t, server);
    assert.equal(await dialOnce(port, client), frames);
    assert.equal(await askOnce(port, client), http);
    // A connection that is kept is not proved anew, and not forgotten.
    assert.equal(await askOnce(port, client), http);
  });
}

/** Reads heads of requests, and answers each as told. */
async function pretend(t: TestContext, answer: (head: string) => string | null) {
  const heads: string[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    let text = '';
    socket.on('error', () => undefined);
    socket.on('data', (chunk) => {
      text += chunk.toString();
      for (let end = text.indexOf('\r\n\r\n'); end >= 0; end = text.indexOf('\r\n\r\n')) {
        heads.push(text.slice(0, end));
        text = text.slice(end + 4);
        const bytes = answer(heads.at(-1)!);
        if (bytes === null) socket.destroy();
        else socket.write(bytes);
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  t.after(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  return { heads, port: (server.address() as AddressInfo).port };
}

const answered = (...headers: readonly string[]): string =>
  ['HTTP/1.1 204 No Content', ...headers, '', ''].join('\r\n');
const nonceIn = (head: string): string => /sheaf-nonce: (\S+)/.exec(head)?.[1] ?? '';
const ofServer = (key: string, head: string, server: string): string[] => [
  `sheaf-nonce: ${server}`,
  `sheaf-proof: ${prove(key, 'server', { client: nonceIn(head), server })}`,
];

// Each row: how an impostor answers the first request of the handshake, what is told of it.
const impostors: [name: string, answer: (head: string) => string | null, told: string][] = [
  ['agrees to everything', () => answered(), another],
  ['agrees to frames', () => `HTTP/1.1 101 Yes\r\nupgrade: ${protocolName}\r\n\r\n`, 'LEAF_UNREACHABLE: '],
  ['has another secret', (head) => answered(...ofServer(foreign, head, drawNonce())), another],
  [
    'says a proof for another nonce',
    () => answered(...ofServer(older, `sheaf-nonce: ${drawNonce()}`, drawNonce())),
    another,
  ],
  [
    'says what a client would say',
    (head) => {
      const server = drawNonce();
      const proof = prove(foreign, 'client', { client: nonceIn(head), server });
      return answered(`sheaf-nonce: ${server}`, `sheaf-proof: ${proof}`);
    },
    another,
  ],
  ['says many proofs', () => answered(`sheaf-nonce: x`, `sheaf-proof: ${'a '.repeat(3000)}`), another],
  ['says what is no HTTP', () => 'hello\r\n\r\n', 'LEAF_UNREACHABLE: '],
  [
    'says more than was asked',
    (head) => `${answered(...ofServer(older, head, drawNonce()))}GO ON`,
    'LEAF_UNREACHABLE: ',
  ],
  ['says no end', () => 'x'.repeat(20_000), 'LEAF_UNREACHABLE: '],
  ['leaves', () => null, 'LEAF_UNREACHABLE: '],
  ['has no room', () => 'HTTP/1.1 503 Later\r\ncontent-length: 0\r\n\r\n', 'LEAF_UNREACHABLE: '],
];
for (const [name, answer, told] of impostors) {
  test(`handshake: an impostor that ${name} is asked for nothing, and told nothing`, async (t) => {
    const { heads, port } = await pretend(t, answer);
    for (const attempt of [dialOnce, askOnce]) {
      const outcome = await attempt(port, [older]);
      assert.equal(outcome.slice(0, told.length), told, outcome);
    }
    assert.ok(heads.length >= 2, `${heads.length} requests`);
    for (const head of heads) assert.match(head, /^GET \/v1\/handshake HTTP/);
    assert.ok(heads.every((head) => !/sheaf-proof: (?!none\r\n|none$)/.test(head) && !head.includes(older)));
  });
}

test('handshake: a server that does not answer it is given up, and the connection to it ended', async (t) => {
  const gone = Promise.withResolvers<void>();
  const server = createServer((socket) =>
    socket
      .on('error', () => undefined)
      .resume()
      .once('close', gone.resolve),
  );
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  t.after(() => server.close());
  const outcome = await dialOnce((server.address() as AddressInfo).port, [older]);
  assert.match(outcome, /^LEAF_UNREACHABLE: .*timeout/);
  await gone.promise;
});
