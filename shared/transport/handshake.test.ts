import assert from 'node:assert/strict';
import { createServer, type RequestListener, type Server } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { test, type TestContext } from 'node:test';
import type { SheafError } from '../errors.ts';
import { limits } from '../limits.ts';
import { protocolName } from '../protocol/frames.ts';
import { acceptConnections } from '../http/accept.ts';
import type { Connection } from './connection.ts';
import { dial } from './dial.ts';

/** A server that listens until the test ends. */
async function listening(t: TestContext, server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  return (server.address() as AddressInfo).port;
}

/** The error with which a first attempt to connect fails. */
async function dialFailure(port: number): Promise<SheafError> {
  const { promise, resolve, reject } = Promise.withResolvers<SheafError>();
  const dialled = dial(
    { address: { host: '127.0.0.1', port }, random: () => 1, secret: undefined },
    {
      onConnection: () => {
        reject(new Error('connected'));
        return { onFrame: () => undefined, onClose: () => undefined };
      },
      onFailure: resolve,
    },
  );
  return await promise.finally(() => dialled.close());
}

/** A server that answers an upgrade with these bytes. */
function upgradeServer(answer: string): Server {
  const server = createServer();
  server.on('upgrade', (_request, socket: Duplex) => {
    socket.on('error', () => undefined);
    socket.end(answer);
  });
  return server;
}

const answersOther: RequestListener = (_request, reply) => reply.writeHead(404).end();

// Each row: what listens at the address, the code of the failure.
const rows: [name: string, server: () => Server, code: string][] = [
  ['a process of another version', () => upgradeServer('HTTP/1.1 426 Upgrade Required\r\n\r\n'), 'PROTOCOL_MISMATCH'],
  [
    'one that agrees to something else',
    () => upgradeServer('HTTP/1.1 101 x\r\nconnection: upgrade\r\nupgrade: sheaf-frames/9\r\n\r\n'),
    'PROTOCOL_MISMATCH',
  ],
  ['a web server', () => createServer(answersOther), 'PROTOCOL_MISMATCH'],
];
for (const [name, server, code] of rows) {
  test(`dial: ${name} is refused by name`, async (t) => {
    assert.equal((await dialFailure(await listening(t, server()))).code, code);
  });
}

test('acceptConnections: another version is answered 426 with the version spoken here', async (t) => {
  const server = createServer();
  acceptConnections(server, () => assert.fail('accepted'), undefined);
  const port = await listening(t, server);
  const socket = connect(port, '127.0.0.1');
  socket.write('GET / HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: sheaf-frames/9\r\n\r\n');
  let text = '';
  for await (const chunk of socket) text += String(chunk);
  assert.match(text, /^HTTP\/1\.1 426 /);
  assert.match(text, new RegExp(`upgrade: ${protocolName}\r\n`));
  assert.match(text, /"code":"PROTOCOL_MISMATCH"/);
});

test('Connection: a peer that reads late gets all that was sent meanwhile', async (t) => {
  const server = createServer();
  const { promise: accepted, resolve: accept } = Promise.withResolvers<Connection>();
  const onConnection = (connection: Connection) => {
    accept(connection);
    return { onFrame: () => undefined, onClose: () => undefined };
  };
  acceptConnections(server, onConnection, undefined);
  const socket = connect(await listening(t, server), '127.0.0.1');
  t.after(() => socket.destroy());
  socket.write(`GET / HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: ${protocolName}\r\n\r\n`);
  socket.pause();
  const connection = await accepted;
  const body = Buffer.alloc(limits.unreadLongBytesMax);
  for (let i = 0; i < 6; i++) {
    connection.send('partial', i, {}, [body]);
    await new Promise((resolve) => setImmediate(resolve));
  }
  assert.ok(connection.isOpen);
  let bytes = 0;
  const { promise: read, resolve: end } = Promise.withResolvers<void>();
  socket.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes >= 6 * body.length) end();
  });
  socket.resume();
  await read;
  assert.ok(connection.isOpen);
});

test('Connection: a peer that does not read costs a bounded amount of memory, then its connection', async (t) => {
  const server = createServer();
  const { promise: accepted, resolve: accept } = Promise.withResolvers<Connection>();
  const { promise: closed, resolve: close } = Promise.withResolvers<SheafError>();
  const onConnection = (connection: Connection) => {
    accept(connection);
    return { onFrame: () => undefined, onClose: close };
  };
  acceptConnections(server, onConnection, undefined);
  const socket = connect(await listening(t, server), '127.0.0.1');
  t.after(() => socket.destroy());
  socket.write(`GET / HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: ${protocolName}\r\n\r\n`);
  socket.pause();
  const connection = await accepted;
  const body = Buffer.alloc(8 * 1024 * 1024);
  let largest = 0;
  for (let i = 0; i < 100 && connection.isOpen; i++) {
    connection.send('partial', i, {}, [body]);
    largest = Math.max(largest, connection.bufferedBytes);
    await new Promise((resolve) => setImmediate(resolve));
  }
  assert.equal((await closed).detail['reason'], 'the peer does not read');
  assert.ok(largest <= limits.unreadBytesMax + body.length + 1024, `${largest} bytes were kept`);
});
