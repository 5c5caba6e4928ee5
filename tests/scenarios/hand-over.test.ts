/**
 * Leaves that come and go under queries and writes, on real processes, with one replica of each shard: what a leaf takes
 * with it is missing. No query may fail or be incomplete.
 */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { startCluster, type Cluster } from '../cluster/start.ts';
import { must, send } from '../service/client.ts';

const script = fileURLToPath(new URL('../../sheaf.ts', import.meta.url));
const documents = 500;
const shards = 8;

let cluster: Cluster;
let index: string;
before(async () => {
  cluster = await startCluster({ leaves: 2, args: ['--roots', '2'] });
  index = `${cluster.url}/v1/indexes/books`;
  await must('PUT', index, { shards, replicas: 1, schema: { fields: { title: { kind: 'text' } } } });
  const lines = Array.from({ length: documents }, (_, i) => JSON.stringify({ title: `book ${i}` }));
  await must('POST', `${index}/documents?refresh=wait`, `${lines.join('\n')}\n`);
});
after(() => cluster?.stop());

interface Found {
  readonly complete: boolean;
  readonly hits: { readonly total: { readonly value: number } };
}

/** Asks both roots over and over for what every shard has a part of, until `stop`. Resolves to what went wrong. */
async function query(stop: AbortSignal): Promise<{ asked: number; faults: string[] }> {
  const faults: string[] = [];
  let asked = 0;
  const roots = [index, index.replace(String(cluster.port), String(cluster.port + 2))];
  for (; !stop.aborted; asked++) {
    const { status, body } = await send<Found>('GET', `${roots[asked % 2]}/search?q=book&size=1`);
    const isGood = status === 200 && body.complete && body.hits.total.value >= documents;
    if (!isGood) faults.push(`${status} ${JSON.stringify(body)}`.slice(0, 500));
    await sleep(5);
  }
  return { asked, faults };
}

/** Writes one document after another until `stop`. Resolves to the keys that were acknowledged. */
async function write(stop: AbortSignal): Promise<string[]> {
  const keys: string[] = [];
  for (let i = 0; !stop.aborted; i++) {
    await must('PUT', `${index}/documents/more-${i}`, { title: `another book` });
    keys.push(`more-${i}`);
    await sleep(20);
  }
  return keys;
}

async function meanwhile(change: () => Promise<void>): Promise<void> {
  const stop = new AbortController();
  const querying = query(stop.signal);
  const writing = write(stop.signal);
  try {
    await change();
    await sleep(300);
  } finally {
    stop.abort();
  }
  const { asked, faults } = await querying;
  assert.deepEqual(faults, []);
  assert.ok(asked > 20, `${asked} queries`);
  for (const key of await writing) await must('GET', `${index}/documents/${key}`);
}

function scale(leaves: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const args = [script, 'scale', '--data', cluster.data, '--leaves', String(leaves)];
    execFile(process.execPath, args, { timeout: 60_000 }, (error, _out, stderr) => {
      if (error === null) resolve();
      else reject(new Error(stderr));
    });
  });
}

function telemetryOf(leaf: string): string {
  return readFileSync(join(cluster.data, 'telemetry', `${leaf}.ndjson`), 'utf8');
}

test('hand-over: a leaf that is added copies what it should have, and no query fails', async () => {
  await meanwhile(() => scale(3));
  assert.match(telemetryOf('leaf-2'), /a replica was copied/);
  assert.doesNotMatch(telemetryOf('leaf-2'), /could not be copied/);
});

test('hand-over: a leaf that is asked to end hands over, comes back, and no query fails', async () => {
  await meanwhile(async () => {
    const former = cluster.pids()['leaf-0'];
    cluster.signal('leaf-0', 'SIGTERM');
    await until(() => ![undefined, former].includes(cluster.pids()['leaf-0']), 'started again');
    await until(() => isReady(cluster.port + 10), 'ready again');
  });
  assert.match(telemetryOf('leaf-0'), /"departure":"done".*the leaf has handed over everything/);
});

test('hand-over: leaves that are taken away hand over, and no query fails', async () => {
  await meanwhile(() => scale(1));
  const { complete, hits } = await must<Found>('GET', `${index}/search?q=book&size=1`);
  assert.ok(complete && hits.total.value > documents);
});

test('hand-over: the last leaf has nobody to hand over to, and does not wait out its grace period', async () => {
  const startedAt = performance.now();
  await scale(0);
  assert.ok(performance.now() - startedAt < 20_000);
});

async function isReady(port: number): Promise<boolean> {
  return await fetch(`http://127.0.0.1:${port}/v1/health/ready`).then(
    ({ ok }) => ok,
    () => false,
  );
}

async function until(condition: () => boolean | Promise<boolean>, what: string): Promise<void> {
  for (let i = 0; !(await condition()); i++) {
    assert.ok(i < 1200, `waited 30 s in vain: ${what}`);
    await sleep(25);
  }
}
