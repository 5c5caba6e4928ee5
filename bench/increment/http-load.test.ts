import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { test } from 'node:test';
import { systemClock } from '../../shared/clock/clock.ts';
import { isWhole, runHttpLoad } from './http-load.ts';

test('isWhole: an answer is whole at the end of its body', () => {
  const whole = 'HTTP/1.1 200 OK\r\nContent-Length: 3\r\nx: y\r\n\r\nabc';
  for (let end = 0; end < whole.length; end++) assert.equal(isWhole(whole.slice(0, end)), false, String(end));
  assert.ok(isWhole(whole));
});

test('runHttpLoad: counts what is answered and what is refused', async () => {
  const bodies: string[] = [];
  const server = createServer((request, response) => {
    request.on('data', (chunk: Buffer) => bodies.push(chunk.toString()));
    request.on('end', () => {
      response.statusCode = bodies.length % 5 === 0 ? 409 : 200;
      response.setHeader('content-length', 2);
      response.end('{}');
    });
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const address = server.address();
  assert.ok(address !== null && typeof address === 'object');
  const result = await runHttpLoad({
    host: '127.0.0.1',
    port: address.port,
    path: '/x',
    connections: 3,
    seconds: 0.3,
    request: (n) => ({ body: `n=${n}`, headers: '' }),
    clock: systemClock,
  });
  server.close();
  assert.equal(result.answered + result.refused, bodies.length);
  assert.ok(result.refused > 0 && result.answered > result.refused);
  assert.equal(new Set(bodies).size, bodies.length);
});
