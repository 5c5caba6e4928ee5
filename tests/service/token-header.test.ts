/** The header Sheaf-Token over HTTP: what answers carry it, and what is said to one that cannot be kept. */
import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { decodeToken, encodeToken } from '../../root/route/token.ts';
import { exchange, request, startServers, type RawAnswer, type Servers } from './three-servers.ts';

suite('Sheaf-Token', () => {
  let servers: Servers;
  let id: string;

  const ask = async (
    method: string,
    path: string,
    { token, body }: { token?: string; body?: object } = {},
  ): Promise<RawAnswer> => {
    const headers = {
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(token === undefined ? {} : { 'sheaf-token': token }),
    };
    const text = body === undefined ? '' : JSON.stringify(body);
    return await exchange(servers.ready.root, request(method, `/v1/indexes/books${path}`, headers, text));
  };

  before(async () => {
    servers = await startServers();
    const body = { shards: 2, replicas: 1, schema: { fields: { n: { kind: 'integer' } } } };
    const created = await ask('PUT', '', { body });
    assert.equal(created.status, 201, created.body);
    ({ id } = JSON.parse(created.body) as { id: string });
    for (const key of ['a', 'b', 'c', 'd']) {
      assert.equal((await ask('PUT', `/documents/${key}?refresh=wait`, { body: { n: 1 } })).status, 200);
    }
  });
  after(() => servers.close());

  // Each row: a read, and its status. Every one is of something, and says of what.
  const reads: [method: string, path: string, status: number, body?: object][] = [
    ['POST', '/search', 200, { size: 1 }],
    ['GET', '/search?size=0', 200],
    ['GET', '/documents/a', 200],
    ['GET', '/documents/a?realtime=false', 200],
    ['GET', '/documents/none?realtime=false', 404],
  ];
  for (const [method, path, status, body] of reads) {
    test(`${method} ${path} says what it was read from, and no less than was given back`, async () => {
      const first = await ask(method, path, body === undefined ? {} : { body });
      assert.equal(first.status, status);
      const reached = decodeToken(first.headers['sheaf-token']!);
      assert.ok(Object.keys(reached).every((partition) => partition.startsWith(`${id}/`)));
      const again = await ask(method, path, {
        token: first.headers['sheaf-token']!,
        ...(body === undefined ? {} : { body }),
      });
      assert.deepEqual([again.status, again.headers['sheaf-token']], [status, first.headers['sheaf-token']]);
    });
  }

  test('what no replica has reached is NOT_CAUGHT_UP, in time, and stands in the token of what answers all the same', async () => {
    const token = encodeToken({ [`${id}/0`]: 1_000_000 });
    const strict = await ask('POST', '/search', { token, body: { size: 0, timeout: '300ms' } });
    const failures = (answer: RawAnswer) =>
      (
        JSON.parse(answer.body) as { coverage: { failures: { code: string; shards: number[] }[] } }
      ).coverage.failures.map(({ code, shards }) => `${code} ${shards.join()}`);
    assert.deepEqual([strict.status, failures(strict)], [503, ['NOT_CAUGHT_UP 0']]);
    const partial = await ask('POST', '/search', {
      token,
      body: { size: 0, timeout: '300ms', coverage: { min: 0.5 } },
    });
    assert.deepEqual([partial.status, failures(partial)], [200, ['NOT_CAUGHT_UP 0']]);
    assert.equal(decodeToken(partial.headers['sheaf-token']!)[`${id}/0`], 1_000_000);
  });

  // Each row: a header that is refused, beside what, and the place that is told.
  const refused: [name: string, token: () => string, body: () => object, code: string][] = [
    ['no token', () => 'hello', () => ({}), 'TOKEN_INVALID'],
    ['of another index', () => encodeToken({ 'xother/0': 1 }), () => ({}), 'TOKEN_INVALID'],
    ['no token beside one', () => 'hello', () => ({ token: encodeToken({ [`${id}/0`]: 1 }) }), 'TOKEN_INVALID'],
  ];
  for (const [name, token, body, code] of refused) {
    test(`a header that is ${name} is ${code}`, async () => {
      const answer = await ask('POST', '/search', { token: token(), body: body() });
      const { error } = JSON.parse(answer.body) as { error: { code: string; at: string } };
      assert.deepEqual([answer.status, error.code, error.at], [400, code, 'sheaf-token']);
    });
  }

  test('a state that was pinned is what it is: a header beside it is refused', async () => {
    const pinned = await ask('POST', '/search', { body: { at: true, size: 1 } });
    const { at } = JSON.parse(pinned.body) as { at: string };
    const answer = await ask('POST', '/search', { token: pinned.headers['sheaf-token']!, body: { at, size: 1 } });
    assert.deepEqual([answer.status, /"at":"sheaf-token"/.test(answer.body)], [400, true]);
    assert.equal((await ask('POST', '/search', { body: { at, size: 1 } })).status, 200);
  });
});
