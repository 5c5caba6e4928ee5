import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { answerClientError } from './client-errors.ts';

// Each row: what a client sends before it falls silent, the status, the code.
const rows: [name: string, sent: string, status: number, code: string][] = [
  ['a head that stops half way', 'GET / HTTP/1.1\r\nhost: a\r\n', 408, 'REQUEST_TOO_SLOW'],
  ['bytes that are no HTTP', 'hello\r\n\r\n', 400, 'HTTP_MALFORMED'],
  ['a head without an end', `GET / HTTP/1.1\r\nx: ${'y'.repeat(100_000)}`, 431, 'REQUEST_HEAD_TOO_LARGE'],
];

for (const [name, sent, status, code] of rows) {
  test(`answerClientError: ${name}`, async () => {
    const server = createServer({ headersTimeout: 20, requestTimeout: 20, connectionsCheckingInterval: 5 });
    server.on('clientError', answerClientError);
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
    socket.write(sent);
    const answer = await text(socket);
    server.close();
    assert.match(answer, new RegExp(`^HTTP/1.1 ${status} `));
    const body = answer.slice(answer.indexOf('\r\n\r\n') + 4);
    assert.equal((JSON.parse(body) as { error: { code: string } }).error.code, code);
    assert.match(answer, new RegExp(`content-length: ${Buffer.byteLength(body)}\r\n`));
  });
}
