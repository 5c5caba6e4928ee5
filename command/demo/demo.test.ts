import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { PassThrough } from 'node:stream';
import { test } from 'node:test';
import { loadDemo } from './demo.ts';
import { synsetCount } from './wordnet.ts';

test('loadDemo: waits for a cluster that is filling, however long, and says so', async (t) => {
  const refusals = 4;
  let asked = 0;
  const root = createServer((request, response) => {
    request.resume();
    if (request.method === 'PUT' && asked++ < refusals) {
      response.statusCode = 503;
      response.end('{"error":{"code":"INDEX_NOT_READY","message":"not ready","fix":"wait"},"status":503}');
    } else response.end(JSON.stringify({ hits: { total: { value: synsetCount } } }));
  }).listen(0, '127.0.0.1');
  t.after(() => root.close());
  await once(root, 'listening');
  let now = 0;
  // Every look at the clock finds a minute gone.
  const clock = { now: () => (now += 60_000) };
  let said = '';
  const output = new PassThrough().on('data', (chunk: Buffer) => (said += chunk.toString()));
  const url = `http://127.0.0.1:${(root.address() as AddressInfo).port}`;
  await loadDemo({ url, output, clock, random: () => 0, stop: new AbortController().signal });
  assert.equal(asked, refusals + 1);
  assert.match(said, /Still waiting for the index wordnet: INDEX_NOT_READY/);
  assert.match(said, /WordNet is loaded/);
});
