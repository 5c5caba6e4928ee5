/** A peer that moves is dialled where it is now, at once and whatever was tried before. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer as createHttpServer, type Server } from 'node:http';
import { createServer, type AddressInfo } from 'node:net';
import { test, type TestContext } from 'node:test';
import { acceptConnections } from '../http/accept.ts';
import type { Connection } from './connection.ts';
import { dial } from './dial.ts';

const host = '127.0.0.1';

/** A peer that greets nobody, and what connected to it. */
async function peer(t: TestContext) {
  const server = createHttpServer();
  const accepted: Connection[] = [];
  acceptConnections(
    server,
    (connection) => {
      accepted.push(connection);
      return { onFrame: () => undefined, onClose: () => undefined };
    },
    undefined,
  );
  return { port: await listen(t, server), accepted };
}

async function listen(t: TestContext, server: Server | ReturnType<typeof createServer>): Promise<number> {
  server.listen(0, host);
  t.after(() => server.close());
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

/** Dials as a client does that is told where to, and says what came of it. */
function client(t: TestContext, port: number | null) {
  const connected: Connection[] = [];
  const failures: string[] = [];
  let told = Promise.withResolvers<void>();
  const tell = (): void => {
    told.resolve();
    told = Promise.withResolvers();
  };
  const dialled = dial(
    { address: port === null ? null : { host, port }, random: () => 1, secret: undefined },
    {
      onConnection: (connection) => {
        connected.push(connection);
        tell();
        return { onFrame: () => undefined, onClose: tell };
      },
      onFailure: ({ code }) => {
        failures.push(code);
        tell();
      },
    },
  );
  t.after(() => dialled.close());
  const until = async (condition: () => boolean): Promise<void> => {
    while (!condition()) await told.promise;
  };
  const moveTo = (to: number): void => dialled.moveTo({ host, port: to });
  return { connected, failures, until, moveTo, dialled };
}

test('dial: without an address nothing is tried, and the first one is dialled', async (t) => {
  const { port, accepted } = await peer(t);
  const { connected, failures, until, moveTo } = client(t, null);
  await new Promise((resolve) => setTimeout(resolve, 50));
  assert.deepEqual([connected.length, failures], [0, []]);
  moveTo(port);
  await until(() => connected.length === 1);
  assert.equal(accepted.length, 1);
});

test('dial: an attempt that nobody answers is given up for the new address, and is no failure', async (t) => {
  const { port, accepted } = await peer(t);
  const taken = Promise.withResolvers<void>();
  const silent = createServer((socket) => {
    t.after(() => socket.destroy());
    taken.resolve();
  });
  const { connected, failures, until, moveTo } = client(t, await listen(t, silent));
  await taken.promise;
  moveTo(port);
  await until(() => connected.length === 1);
  assert.deepEqual([accepted.length, failures], [1, []]);
});

test('dial: a connection is kept while it lasts, then the new address is dialled and no other', async (t) => {
  const [before, after] = [await peer(t), await peer(t)];
  const { connected, until, moveTo } = client(t, before.port);
  await until(() => connected.length === 1);
  moveTo(after.port);
  await new Promise((resolve) => setTimeout(resolve, 50));
  assert.deepEqual([connected[0]!.isOpen, after.accepted.length], [true, 0]);
  connected[0]!.close();
  await until(() => connected.length === 2);
  assert.deepEqual([before.accepted.length, after.accepted.length], [1, 1]);
});

test('dial: closed in the middle of an attempt it says nothing more', async (t) => {
  const taken = Promise.withResolvers<void>();
  const ended = Promise.withResolvers<void>();
  const silent = createServer((socket) => {
    socket.on('close', () => ended.resolve()).on('error', () => undefined);
    socket.resume();
    taken.resolve();
  });
  const { connected, failures, dialled } = client(t, await listen(t, silent));
  await taken.promise;
  dialled.close();
  // Long before the second it would have waited.
  await ended.promise;
  assert.deepEqual([connected.length, failures], [0, []]);
});
