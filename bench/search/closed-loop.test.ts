import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { systemClock } from '../../shared/clock/clock.ts';
import { BenchClient } from '../service/bench-client.ts';
import { runClosedLoop } from './closed-loop.ts';

const queries = ['a', 'b', 'c', 'd', 'e', 'f'].map((body) => ({ kind: 'any', body }));

/** Asks a server that gives this answer to everything; tells what it was asked and how much of it at once. */
async function ask(status: number, answer: string, clientCount: number) {
  const asked: string[] = [];
  let underWay = 0;
  let underWayMax = 0;
  const server = createServer((request, response) => {
    underWayMax = Math.max(underWayMax, ++underWay);
    request.on('data', (chunk) => asked.push(String(chunk)));
    request.on('end', () => {
      setTimeout(() => {
        underWay--;
        response.writeHead(status).end(answer);
      }, 5);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const clients = Array.from({ length: clientCount }, () => new BenchClient(url));
  try {
    const result = await runClosedLoop({ clients, index: 'i', queries, clock: systemClock });
    return { ...result, asked, underWayMax };
  } finally {
    await Promise.all(clients.map((client) => client.close()));
    server.close();
  }
}

test('runClosedLoop: asks every query once, as many at a time as there are clients', async () => {
  for (const clientCount of [1, 3]) {
    const { asked, underWayMax, latenciesMs, elapsedMs } = await ask(200, '{"complete":true}', clientCount);
    assert.deepEqual(asked.sort(), ['a', 'b', 'c', 'd', 'e', 'f']);
    assert.equal(underWayMax, clientCount);
    assert(latenciesMs.length === 6 && latenciesMs.every((ms) => ms > 3 && ms <= elapsedMs), String(latenciesMs));
  }
});

// Each row: an answer that is none.
const wrong: [name: string, status: number, answer: string, reason: RegExp][] = [
  ['an error', 503, '{"complete":true}', /answered 503/],
  ['a part', 200, '{"complete":false}', /not complete/],
];

for (const [name, status, answer, reason] of wrong) {
  test(`runClosedLoop: refuses ${name}`, () => assert.rejects(ask(status, answer, 1), reason));
}
