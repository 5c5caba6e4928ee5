import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { silentTelemetry } from '../../shared/telemetry/telemetry.ts';
import { Copier } from './copier.ts';

const folder = mkdtempSync(join(tmpdir(), 'sheaf-copier-'));
after(() => rmSync(folder, { recursive: true }));

/** A leaf whose replicas have no files, and that takes its time to say so. */
async function startSlowLeaf() {
  const seen = { atOnce: 0, mostAtOnce: 0, lists: [] as string[] };
  const server = createServer((request, response) => {
    if (request.method === 'DELETE') return void response.writeHead(204).end();
    seen.lists.push(request.url!);
    seen.mostAtOnce = Math.max(seen.mostAtOnce, ++seen.atOnce);
    setTimeout(() => {
      seen.atOnce--;
      response.end(JSON.stringify({ hold: 'h', cluster: null, files: [] }));
    }, 30);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  after(() => {
    server.close().closeAllConnections();
  });
  return { seen, address: { host: '127.0.0.1', port: (server.address() as AddressInfo).port } };
}

test('Copier: two copies at a time, and who waits and does not want it any more never asks', async () => {
  const { seen, address } = await startSlowLeaf();
  const copier = new Copier({
    folder,
    telemetry: silentTelemetry,
    addressOf: () => address,
    cluster: () => null,
    secret: undefined,
    onCopied: () => undefined,
    onFailed: () => assert.fail('a copy failed'),
  });
  const stop = new AbortController();
  const wanted = new AbortController().signal;
  const copies = Array.from({ length: 8 }, (_, shard) => {
    return copier.copy('a', { indexId: 'x0', shard }, shard === 5 ? stop.signal : wanted);
  });
  const given = assert.rejects(copies[5]!, { name: 'AbortError' });
  await sleep(5);
  stop.abort();
  const folders = await Promise.all(copies.filter((_, shard) => shard !== 5));
  await given;
  assert.equal(new Set(folders).size, 7);
  assert.equal(seen.mostAtOnce, 2);
  assert.equal(seen.lists.length, 7);
  assert.ok(!seen.lists.some((url) => url.includes('/x0/5/')), seen.lists.join(' '));
});
