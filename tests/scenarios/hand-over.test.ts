/**
 * Leaves that come and go under queries and writes, on real processes, with one replica of each shard of an index of each
 * kind: what a leaf takes with it is missing. No query may fail or be incomplete.
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
import { keepsDeadline } from '../deadline/deadline.ts';

const script = fileURLToPath(new URL('../../sheaf.ts', import.meta.url));
const documents = 500;
const shards = 8;

interface Found {
  readonly complete: boolean;
  readonly hits?: { readonly total: { readonly value: number } };
  readonly aggregations?: { readonly n: { readonly value: number } };
}

const text = { dynamic: false, fields: { title: { kind: 'text' } } };
const books = { query: { match: { title: 'book' } }, size: 1, track_total_hits: true };
const counters = { dimensions: { title: { kind: 'keyword' } }, metrics: { n: {} } };

/** An index of each kind; what every shard has a part of, asked for; and how much of it was found. */
const indexes = [
  { name: 'books', definition: { shards, schema: text }, search: books, found: ({ hits }: Found) => hits?.total.value },
  {
    name: 'words',
    definition: { kind: 'term', shards, schema: text },
    search: books,
    found: ({ hits }: Found) => hits?.total.value,
  },
  {
    name: 'counts',
    definition: { kind: 'rollup', shards, schema: counters },
    search: { aggs: { n: { sum: { field: 'n' } } } },
    found: ({ aggregations }: Found) => aggregations?.n.value,
  },
];

let cluster: Cluster;
before(async () => {
  cluster = await startCluster({ leaves: 2, args: ['--roots', '2'] });
  const lines = Array.from({ length: documents }, (_, i) => JSON.stringify({ title: `book ${i}`, n: 1 }));
  for (const { name, definition } of indexes) {
    await must('PUT', urlOf(name), { ...definition, replicas: 1 });
    await must('POST', `${urlOf(name)}/documents?refresh=wait`, `${lines.join('\n')}\n`);
  }
});
after(() => cluster?.stop());

function urlOf(index: string): string {
  return `${cluster.url}/v1/indexes/${index}`;
}

/** Asks both roots over and over for what every shard has a part of, until `stop`. Resolves to what went wrong. */
async function query(stop: AbortSignal): Promise<{ asked: number; faults: string[] }> {
  const faults: string[] = [];
  let asked = 0;
  const ports = [cluster.port, cluster.port + 2];
  for (; !stop.aborted; asked++) {
    for (const { name, search, found } of indexes) {
      const url = urlOf(name).replace(String(cluster.port), String(ports[asked % 2]));
      const { status, body } = await send<Found>('POST', `${url}/search`, search);
      const isGood = status === 200 && body.complete && found(body)! >= documents;
      if (!isGood) faults.push(`${name}: ${status} ${JSON.stringify(body)}`.slice(0, 500));
    }
    await sleep(5);
  }
  return { asked, faults };
}

/** Documents that were acknowledged after those of the beginning, by index. */
const written = new Map<string, number>();

/** Writes one document after another to every index until `stop`. */
async function write(stop: AbortSignal): Promise<void> {
  for (; !stop.aborted; await sleep(20)) {
    for (const { name } of indexes) {
      await must('POST', `${urlOf(name)}/documents`, { title: 'another book', n: 1 });
      written.set(name, (written.get(name) ?? 0) + 1);
    }
  }
}

/** Everything that was acknowledged is found, once, by a search that waits for what was written before it. */
async function compareWithWritten(): Promise<void> {
  for (const { name, search, found } of indexes) {
    const lines = Array.from({ length: 64 }, (_, i) => JSON.stringify({ title: `last ${i}`, n: 0 }));
    const { token } = await must<{ token: string }>('POST', `${urlOf(name)}/documents`, `${lines.join('\n')}\n`);
    const answer = await must<Found>('POST', `${urlOf(name)}/search`, { ...search, token, timeout: '10s' });
    assert.ok(answer.complete);
    assert.equal(found(answer), documents + written.get(name)!, name);
  }
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
  assert.ok(asked > 20, `${asked} rounds of queries`);
  await writing;
  await compareWithWritten();
}

function scale(leaves: number, ...more: readonly string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const args = [script, 'scale', '--data', cluster.data, '--leaves', String(leaves), ...more];
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
  const told = telemetryOf('leaf-2');
  const { indexes: seen } = await must<{ indexes: { name: string; id: string }[] }>('GET', `${cluster.url}/v1/cluster`);
  assert.equal(seen.length, indexes.length);
  for (const { name, id } of seen) {
    assert.match(told, new RegExp(`"index":"${id}".*a replica was copied`), `${name} is copied`);
  }
  assert.doesNotMatch(told, /could not be copied/);
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
});

test('hand-over: the last leaf has nobody to hand over to, and does not wait out its grace period', async (t) => {
  await keepsDeadline(t, 'scaling to none', 20_000, () => scale(0, '--yes'));
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
