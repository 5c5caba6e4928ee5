/** Nothing correct hangs on the time of day: a cluster whose clocks are set back and forward. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { startCluster, type Cluster } from '../cluster/start.ts';
import { must } from '../service/client.ts';

const hourMs = 3_600_000;
const shiftFolder = mkdtempSync(join(tmpdir(), 'sheaf-clock-'));
const shiftFile = join(shiftFolder, 'shift');
const preload = fileURLToPath(new URL('../cluster/shifted-clock.ts', import.meta.url));

function setClock(shiftMs: number): void {
  writeFileSync(shiftFile, String(shiftMs));
}

let cluster: Cluster;
before(async () => {
  setClock(0);
  const env = { NODE_OPTIONS: `--import=${preload}`, CLOCK_SHIFT_FILE: shiftFile };
  cluster = await startCluster({ leaves: 2, env });
});
after(async () => {
  await cluster?.stop();
  rmSync(shiftFolder, { recursive: true, force: true });
});

interface Leaf {
  readonly name: string;
  readonly state: string;
  readonly placed: boolean;
  readonly draining: boolean;
  readonly incarnation: number | null;
}

async function leafNamed(name: string): Promise<Leaf> {
  const { leaves } = await must<{ leaves: Leaf[] }>('GET', `${cluster.url}/v1/cluster`);
  return leaves.find((leaf) => leaf.name === name)!;
}

/** Ends a leaf, which says so first, and resolves to how its next life is seen once it has its place, or after 10 s. */
async function restart(name: string, meanwhile: () => void = () => undefined): Promise<Leaf> {
  const lived = (await leafNamed(name)).incarnation;
  const pid = cluster.pids()[name];
  cluster.signal(name, 'SIGTERM');
  meanwhile();
  let seen = await leafNamed(name);
  for (let i = 0; i < 400; i++) {
    if (cluster.pids()[name] !== pid && seen.placed && seen.state === 'up' && seen.incarnation !== lived) break;
    await sleep(100);
    seen = await leafNamed(name);
  }
  return seen;
}

test('wall clock: a leaf that starts with an earlier clock has its place', async () => {
  for (const shiftMs of [-60_000, -hourMs]) {
    setClock(shiftMs);
    const known = await leafNamed('leaf-1');
    const { placed, state, draining, incarnation } = await restart('leaf-1');
    assert.deepEqual({ placed, state, draining }, { placed: true, state: 'up', draining: false });
    assert(incarnation! > known.incarnation!, `${incarnation} after ${known.incarnation}`);
  }
});

test('wall clock: a leaf whose folder was lost has its place, above all that was heard of it', async () => {
  const known = await leafNamed('leaf-1');
  const { placed, state, incarnation } = await restart('leaf-1', () =>
    rmSync(join(cluster.data, 'leaf-1'), { recursive: true, force: true }),
  );
  assert.deepEqual({ placed, state }, { placed: true, state: 'up' });
  assert(incarnation! > known.incarnation!, `${incarnation} after ${known.incarnation}`);
});

test('wall clock: a repeat is known whichever way the clock was set, and over a restart of the log', async () => {
  setClock(0);
  const url = `${cluster.url}/v1/indexes/numbers`;
  const schema = { fields: { id: { kind: 'keyword' }, n: { kind: 'integer' } } };
  await must('PUT', url, { shards: 1, replicas: 1, schema });
  const write = async (): Promise<void> => {
    const headers = { 'content-type': 'application/x-ndjson', 'idempotency-key': 'one' };
    const answer = await fetch(`${url}/documents`, { method: 'POST', headers, body: '{"n":1}' });
    assert.equal(answer.status, 200, await answer.clone().text());
  };
  await write();
  for (const shiftMs of [2 * hourMs, -2 * hourMs, 48 * hourMs]) {
    setClock(shiftMs);
    // Forgetting takes its turn.
    await sleep(1200);
    await write();
  }
  const pid = cluster.pids()['log'];
  cluster.signal('log', 'SIGKILL');
  for (let i = 0; i < 200 && cluster.pids()['log'] === pid; i++) await sleep(50);
  await write();
  // Behind what the repeats recorded, should they have.
  const { token } = await must<{ token: string }>('PUT', `${url}/documents/last`, { n: 2 });
  const body = { query: { match_all: {} }, token, timeout: 5000 };
  const { hits } = await must<{ hits: { total: { value: number } } }>('POST', `${url}/search`, body);
  assert.equal(hits.total.value, 2);
});
