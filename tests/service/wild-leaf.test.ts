import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { startRoot, type RunningRoot } from '../../root/main.ts';
import { readConfig } from '../../shared/config/read.ts';
import { silentTelemetry } from '../../shared/telemetry/telemetry.ts';
import { send } from './client.ts';
import { FakeLeaf, index, type AskedTask } from './fake-leaf.ts';
import { startBareTimer } from '../deadline/deadline.ts';

interface Told {
  readonly complete: boolean;
  readonly coverage: { readonly failures: readonly { readonly code: string }[] };
}

interface Failed {
  readonly error: { readonly code: string };
  readonly profile: {
    readonly rounds: readonly { readonly attempts: readonly { readonly leaf: string; readonly outcome: string }[] }[];
  };
}

let leaf: FakeLeaf;
let root: RunningRoot;
let url = '';

before(async () => {
  leaf = new FakeLeaf();
  const leaves = `leaf-0=127.0.0.1:${await leaf.listen()}`;
  // There is no log: the root has its catalog from the leaf.
  const config = readConfig('root', { port: '0', leaves, log: '127.0.0.1:9', telemetryLevel: 'silent' }, {});
  root = await startRoot(config, silentTelemetry, {});
  url = `http://127.0.0.1:${root.port}/v1/indexes/${index.name}/search`;
  await untilComplete();
});

after(async () => {
  leaf?.close();
  await root?.close();
});

function ask(timeout = 300) {
  return send<Told>('POST', url, { timeout, coverage: { min: 0 } });
}

/** The root answers completely, again, within some time: what went before harmed only itself. */
async function untilComplete(): Promise<void> {
  leaf.onTask = (asked) => leaf.answer(asked);
  for (let i = 0; i < 100; i++) {
    const { status, body } = await ask();
    if (status === 200 && body.complete) return;
    await sleep(30);
  }
  assert.fail('the root does not answer completely');
}

/** A frame as bytes: type, id, header. */
function frame(type: number, id: number, header: string, length = 9 + header.length): Buffer {
  const bytes = Buffer.alloc(13 + header.length);
  bytes.writeUInt32LE(length, 0);
  bytes[4] = type;
  bytes.writeUInt32LE(id, 5);
  bytes.writeUInt32LE(header.length, 9);
  bytes.write(header, 13);
  return bytes;
}

const raw = ({ socket }: AskedTask, bytes: Buffer): unknown => socket.write(bytes);

// Each row: what a leaf does with a task, the failures in the answer of that query.
const rows: [name: string, onTask: (asked: AskedTask) => void, codes: string[]][] = [
  ['answers for a shard it was not asked for', (asked) => leaf.answer(asked, { shards: [0, 5] }), ['LEAF_UNREACHABLE']],
  ['answers for fewer shards', (asked) => leaf.answer(asked, { shards: [0] }), ['LEAF_UNREACHABLE']],
  [
    'answers twice',
    (asked) => {
      leaf.answer(asked);
      leaf.answer(asked);
    },
    [],
  ],
  ['lies about the length of a frame', (asked) => raw(asked, frame(2, asked.id, '{}', 3)), ['LEAF_UNREACHABLE']],
  ['announces too long a frame', (asked) => raw(asked, frame(2, asked.id, '{}', 2 ** 31)), ['LEAF_UNREACHABLE']],
  ['sends an unknown type', (asked) => raw(asked, frame(99, asked.id, '{}')), ['LEAF_UNREACHABLE']],
  ['sends a header that is no JSON', (asked) => raw(asked, frame(2, asked.id, '{')), ['LEAF_UNREACHABLE']],
  ['sends an answer that is null', (asked) => raw(asked, frame(2, asked.id, 'null')), ['LEAF_UNREACHABLE']],
  ['answers another kind of task', (asked) => leaf.answer(asked, { kind: 'refresh' }), ['LEAF_UNREACHABLE']],
  ['fails with null', ({ connection, id }) => connection.send('failure', id, null), ['LEAF_UNREACHABLE']],
  [
    'fails with a code that is not known',
    ({ connection, id }) => connection.send('failure', id, { code: 'LEAF_ASLEEP' }),
    ['LEAF_UNREACHABLE'],
  ],
  [
    'fails with a detail that is none',
    ({ connection, id }) => connection.send('failure', id, { code: 'LEAF_BUSY', detail: 'abc', at: 7 }),
    ['LEAF_BUSY'],
  ],
  ['sends a total that is none', (asked) => leaf.answer(asked, { total: 'x' }), ['LEAF_UNREACHABLE']],
  ['sends a count that is null', (asked) => leaf.answer(asked, { documents: null }), ['LEAF_UNREACHABLE']],
  ['sends offsets that are none', (asked) => leaf.answer(asked, { offsets: 'x' }), ['LEAF_UNREACHABLE']],
  ['sends aggregations that are none', (asked) => leaf.answer(asked, { aggregations: null }), ['LEAF_UNREACHABLE']],
  ['fails with a bug', ({ connection, id }) => connection.send('failure', id, { code: 'INTERNAL' }), ['INTERNAL']],
  ['sends failures that are none', (asked) => leaf.answer(asked, { failures: [null] }), ['LEAF_UNREACHABLE']],
  ['sends a report that is null', (asked) => raw(asked, frame(5, 0, 'null')), ['LEAF_UNREACHABLE']],
  [
    'sends a catalog that is null',
    ({ connection }) => connection.send('report', 0, { ...leaf.makeReport(), catalog: null }),
    ['LEAF_UNREACHABLE'],
  ],
  [
    'sends a catalog of no indexes known',
    ({ connection }) =>
      connection.send('report', 0, { ...leaf.makeReport(), catalog: { offset: 9, indexes: { fake: 5 } } }),
    ['LEAF_UNREACHABLE'],
  ],
  ['never answers', () => undefined, ['LEAF_TIMEOUT']],
];
for (const [name, onTask, codes] of rows) {
  test(`a leaf that ${name} harms its own query only`, async () => {
    leaf.onTask = onTask;
    const { status, body } = await ask();
    assert.equal(status, 200, JSON.stringify(body));
    assert.deepEqual(
      body.coverage.failures.map(({ code }) => code),
      codes,
    );
    await untilComplete();
  });
}

test('a query that fails because leaves did not answer tells its timeline', async () => {
  leaf.onTask = () => undefined;
  const { status, body } = await send<Failed>('POST', url, { timeout: 100, profile: true });
  assert.deepEqual([status, body.error.code], [503, 'COVERAGE_TOO_LOW']);
  const attempts = body.profile.rounds.flatMap((round) => round.attempts);
  assert.deepEqual(
    attempts.map((attempt) => [attempt.leaf, attempt.outcome]),
    [['leaf-0', 'late']],
  );
  await untilComplete();
});

test('a leaf that answers after the cancel harms nothing', async () => {
  const asked: AskedTask[] = [];
  leaf.onTask = (one) => asked.push(one);
  const cancelled = new Promise<void>((resolve) => (leaf.onCancel = () => resolve()));
  assert.equal((await ask(50)).body.complete, false);
  await cancelled;
  for (const one of asked) leaf.answer(one);
  await untilComplete();
});

test('a client that leaves: its query is cancelled on the leaf within 10 ms', async (t) => {
  const bare = await startBareTimer(t);
  const took: number[] = [];
  for (let i = 0; i < 20; i++) {
    const controller = new AbortController();
    const asked = new Promise<void>((resolve) => (leaf.onTask = () => resolve()));
    const cancelled = new Promise<void>((resolve) => (leaf.onCancel = () => resolve()));
    const body = JSON.stringify({ timeout: 5000 });
    const headers = { 'content-type': 'application/json' };
    const gone = fetch(url, { method: 'POST', body, headers, signal: controller.signal }).catch(() => undefined);
    await asked;
    const leftAt = performance.now();
    controller.abort();
    await cancelled;
    took.push(performance.now() - leftAt);
    await gone;
  }
  took.sort((a, b) => a - b);
  t.diagnostic(`ms from the client's leaving to the cancel on the leaf: median ${took[10]!.toFixed(1)}`);
  await untilComplete();
  const metrics = await (await fetch(`http://127.0.0.1:${root.port}/metrics`)).text();
  assert.match(metrics, /^sheaf_root_searches_total\{outcome="cancelled"\} 20$/m);
  bare.hold('the median cancel', took[10]!, 10);
});
