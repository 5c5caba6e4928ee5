import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { test, type TestContext } from 'node:test';
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

/** A root that refuses some bodies, and keeps those it has taken in their order. */
async function refusingRoot(
  t: TestContext,
  refusedBy: (body: string, taken: readonly string[]) => boolean,
  status = 503,
) {
  const taken: string[] = [];
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      const refuses = refusedBy(body.trim(), taken);
      if (!refuses) taken.push(body.trim());
      const answer = refuses ? { error: { code: 'LEAF_BUSY' } } : { accepted: 1, rejected: { count: 0, listed: [] } };
      response.writeHead(refuses ? status : 200).end(JSON.stringify(answer));
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = new RootClient(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, 4);
  t.after(async () => {
    await client.close();
    server.close();
  });
  return { client, taken };
}

async function sendLines(client: RootClient, key: string | undefined, lines: readonly string[]): Promise<LoadTotals> {
  async function* batches(): AsyncGenerator<LineBatch> {
    for (const [i, line] of lines.entries())
      yield { kind: 'batch', body: Buffer.from(`${line}\n`), firstLine: i + 1, lines: 1 };
  }
  const totals = new LoadTotals('line');
  const { signal } = new AbortController();
  const clock = { now: () => 0 };
  const options = { client, index: 'x', key, concurrency: 4, retryMs: 10_000, clock, random: () => 0, stop: signal };
  await sendBatches(batches(), totals, options);
  return totals;
}

// Each row: the field of the keys, the lines, each a batch, of which the first is refused until all that may go before it are taken; the order in which they are to be taken.
const orders: [name: string, key: string | undefined, lines: string[], taken: string[]][] = [
  [
    'the second line of a key waits, and no other',
    'id',
    ['{"id":"a","n":1}', '{"id":"b"}', '{"id":"a","n":2}'],
    ['{"id":"b"}', '{"id":"a","n":1}', '{"id":"a","n":2}'],
  ],
  [
    'a number and its digits are one key, at a path too',
    'o.id',
    ['{"o.id":7}', '{"o":{"id":"8"}}', '{"o":{"id":"7"}}'],
    ['{"o":{"id":"8"}}', '{"o.id":7}', '{"o":{"id":"7"}}'],
  ],
  [
    'keys of lines that say what is done',
    undefined,
    ['{"_put":{"n":1},"_key":"a"}', '{"_delete":"b"}', '{"_delete":"a"}'],
    ['{"_delete":"b"}', '{"_put":{"n":1},"_key":"a"}', '{"_delete":"a"}'],
  ],
  [
    'a key in the document of such a line',
    'id',
    ['{"id":"a"}', '{"_patch":{"id":"b"}}', '{"_create":{"id":"a"}}'],
    ['{"_patch":{"id":"b"}}', '{"id":"a"}', '{"_create":{"id":"a"}}'],
  ],
  [
    'without keys nothing waits',
    undefined,
    ['{"id":"a","n":1}', '{"id":"a","n":2}'],
    ['{"id":"a","n":2}', '{"id":"a","n":1}'],
  ],
];
for (const [name, key, lines, expected] of orders) {
  test(`sendBatches: ${name}`, async (t) => {
    const { client, taken } = await refusingRoot(
      t,
      (body, before) => body === lines[0] && before.length < expected.indexOf(body),
    );
    const totals = await sendLines(client, key, lines);
    assert.deepEqual(taken, expected);
    assert.equal(totals.accepted, lines.length);
  });
}

test('sendBatches: what follows on a batch that failed for good is not sent', async (t) => {
  const { client, taken } = await refusingRoot(t, (body) => body.includes('1'), 400);
  const totals = await sendLines(client, 'id', ['{"id":"a","n":1}', '{"id":"a","n":2}', '{"id":"b"}']);
  assert.deepEqual([totals.hasFailed, totals.failedLines], [true, 1]);
  assert(!taken.includes('{"id":"a","n":2}'));
});

test('retryDelayMs: doubles to 5 s, half of it by chance, and is never under what was asked for', () => {
  assert.deepEqual(
    [0, 1, 5, 6, 60].map((attempt) => retryDelayMs(attempt, 1, undefined)),
    [100, 200, 3200, 5000, 5000],
  );
  assert.equal(retryDelayMs(1, 0, undefined), 100);
  assert.equal(retryDelayMs(0, 0.5, 2000), 2000);
});
