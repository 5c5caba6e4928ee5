import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { RootClient } from '../client/client.ts';
import type { LineBatch } from './lines.ts';
import { retryDelayMs } from './retry-delay.ts';
import { sendBatches } from './send.ts';
import { LoadTotals } from './totals.ts';

async function* batchesOf(count: number): AsyncGenerator<LineBatch> {
  for (let i = 0; i < count; i++) yield { kind: 'batch', body: Buffer.from('{}\n'), firstLine: i + 1, lines: 1 };
}

/** A root that answers with these statuses in turn, the last for ever. */
async function fakeRoot(
  statuses: readonly number[],
): Promise<{ server: Server; url: string; asked: () => number; most: () => number }> {
  let asked = 0;
  let underWay = 0;
  let most = 0;
  const server = createServer((request, response) => {
    most = Math.max(most, ++underWay);
    const status = statuses[Math.min(asked++, statuses.length - 1)]!;
    const body =
      status < 400
        ? { accepted: 1, rejected: { count: 0, listed: [] } }
        : { error: { code: 'LEAF_BUSY', message: 'busy' } };
    request.resume().on('end', () => {
      setTimeout(() => {
        underWay--;
        response.writeHead(status, { 'retry-after': '0' }).end(JSON.stringify(body));
      }, 5);
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { server, url, asked: () => asked, most: () => most };
}

// Each row: what the root answers in turn, batches, how long to retry, documents accepted, whether it failed, requests.
const rows: [
  name: string,
  statuses: number[],
  batches: number,
  retryMs: number,
  accepted: number,
  failed: boolean,
  asked: number,
][] = [
  ['all taken', [200], 9, 0, 9, false, 9],
  ['busy twice, then taken', [429, 503, 200], 1, 10_000, 1, false, 3],
  ['busy for longer than is waited', [503], 1, 120, 0, true, 2],
  ['wrong, which no waiting changes', [400], 1, 10_000, 0, true, 1],
];

for (const [name, statuses, batches, retryMs, accepted, failed, asked] of rows) {
  test(`sendBatches: ${name}`, async (t) => {
    const root = await fakeRoot(statuses);
    const client = new RootClient(root.url, 2);
    t.after(async () => {
      await client.close();
      root.server.close();
    });
    const totals = new LoadTotals('line');
    const { signal } = new AbortController();
    // The clock moves with the requests, so that the outcome does not depend on the machine.
    const clock = { now: () => root.asked() * 60 };
    const options = { client, index: 'x', key: 'id', concurrency: 2, retryMs, clock, random: () => 0, stop: signal };
    await sendBatches(batchesOf(batches), totals, options);
    assert.deepEqual([totals.accepted, totals.hasFailed, root.asked()], [accepted, failed, asked]);
    assert(root.most() <= 2, 'no more at once than allowed');
  });
}

test('retryDelayMs: doubles to 5 s, half of it by chance, and is never under what was asked for', () => {
  assert.deepEqual(
    [0, 1, 5, 6, 60].map((attempt) => retryDelayMs(attempt, 1, undefined)),
    [100, 200, 3200, 5000, 5000],
  );
  assert.equal(retryDelayMs(1, 0, undefined), 100);
  assert.equal(retryDelayMs(0, 0.5, 2000), 2000);
});
