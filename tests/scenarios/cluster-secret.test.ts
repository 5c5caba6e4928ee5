/** The secret of a real cluster: made by `up`, changed while it runs, and asked for in vain some thousand times. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { after, suite, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { startCluster, type Cluster } from '../cluster/start.ts';
import { exchange, request } from '../service/three-servers.ts';
import { roundsOf } from '../stages/rounds.ts';

const script = fileURLToPath(new URL('../../sheaf.ts', import.meta.url));
const waitMsMax = 60_000;
const attempts = roundsOf(10_000);
const atOnce = 32;

async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
  for (let waitedMs = 0; waitedMs < waitMsMax; waitedMs += 50) {
    if (await holds().catch(() => false)) return;
    await sleep(50);
  }
  assert.fail(`waited in vain: ${what}`);
}

async function ask(cluster: Cluster, method: string, path: string, body?: unknown) {
  const response = await fetch(`${cluster.url}${path}`, {
    method,
    ...(body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(15_000),
  });
  return { status: response.status, body: (await response.json()) as Body };
}

interface Body {
  readonly complete: boolean;
  readonly hits: { readonly total: { readonly value: number } };
  readonly log: { readonly reachable: boolean };
  readonly leaves: readonly { readonly state: string }[];
}

/** Writes a document and finds it: the root speaks to the log and to a leaf, the leaf to the log. */
async function writesAndFinds(cluster: Cluster, n: number): Promise<boolean> {
  const written = await ask(cluster, 'POST', '/v1/indexes/books/documents?refresh=wait', { n });
  const found = await ask(cluster, 'POST', '/v1/indexes/books/search', { query: { term: { n } } });
  return written.status === 200 && found.body.complete && found.body.hits.total.value >= 1;
}

/** A number that a process tells of itself. */
async function figure(port: number, name: string): Promise<number> {
  const { body } = await exchange(port, request('GET', '/metrics'));
  const line = body.split('\n').find((one) => one.startsWith(`${name} `));
  assert(line !== undefined, `no ${name}`);
  return Number(line.split(' ').at(-1));
}

/** Asks for an upgrade to frames without a proof, and stays on the line for as long as it is let. */
async function attemptInVain(port: number): Promise<boolean> {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  socket.write(request('GET', '/', { connection: 'upgrade', upgrade: 'sheaf-frames/1' }));
  let text = '';
  for await (const chunk of socket) text += String(chunk);
  socket.destroy();
  return text.startsWith('HTTP/1.1 401 ');
}

async function attemptMany(port: number): Promise<number> {
  let left = attempts;
  let refused = 0;
  const loop = async (): Promise<void> => {
    while (left-- > 0) if (await attemptInVain(port)) refused++;
  };
  await Promise.all(Array.from({ length: atOnce }, loop));
  return refused;
}

suite('the secret of a cluster', { timeout: 300_000 }, () => {
  let cluster: Cluster;
  after(async () => await cluster?.stop());

  test('is made by up, for nobody but its owner to read', async () => {
    cluster = await startCluster({ leaves: 2 });
    const path = join(cluster.data, 'secret');
    assert.match(readFileSync(path, 'utf8'), /^[0-9a-f]{64}\n$/);
    if (process.platform !== 'win32') assert.equal(statSync(path).mode & 0o777, 0o600);
    const index = { shards: 1, replicas: 2, schema: { fields: { n: { kind: 'integer' } } } };
    assert.equal((await ask(cluster, 'PUT', '/v1/indexes/books', index)).status, 201);
    assert.ok(await writesAndFinds(cluster, 0));
  });

  for (const [name, offset] of [
    ['log', 1],
    ['leaf-0', 10],
  ] as const) {
    test(`${attempts} attempts without it leave the ${name} as it was`, async () => {
      const port = cluster.port + offset;
      const pid = cluster.pids()[name];
      assert.equal(await attemptMany(port), attempts);
      assert.ok(await writesAndFinds(cluster, 1));
      await until('every connection of theirs has ended', async () => {
        return (await figure(port, 'nodejs_active_resources{type="TCPSocketWrap"}')) < 16;
      });
      assert.equal(await figure(port, 'sheaf_peers_refused_total{reason="no proof"}'), attempts);
      assert.equal(cluster.pids()[name], pid);
      const file = readdirSync(join(cluster.data, 'telemetry')).find((one) => one.startsWith(name))!;
      const text = readFileSync(join(cluster.data, 'telemetry', file), 'utf8');
      assert.equal(text.split('PEER_UNPROVEN').length - 1, 1);
    });
  }

  test('is changed in two rounds of restarts, and what is served meanwhile is whole', async () => {
    const path = join(cluster.data, 'secret');
    const former = readFileSync(path, 'utf8').trim();
    const next = 'n'.repeat(64);
    let n = 10;
    for (const text of [`${next}\n${former}\n`, `${next}\n`]) {
      writeFileSync(path, text);
      for (const name of ['leaf-0', 'log', 'root', 'leaf-1']) {
        const pid = cluster.pids()[name];
        cluster.signal(name, 'SIGTERM');
        await until(`${name} is back`, async () => {
          if (cluster.pids()[name] === pid) return false;
          const { body } = await ask(cluster, 'GET', '/v1/cluster');
          return body.log.reachable && body.leaves.every(({ state }) => state === 'up');
        });
        n++;
        await until(`${name} takes part`, async () => await writesAndFinds(cluster, n));
      }
    }
    const telemetry = join(cluster.data, 'telemetry');
    for (const file of readdirSync(telemetry)) {
      assert.ok(!readFileSync(join(telemetry, file), 'utf8').includes('SECRET_WRONG'), file);
    }
  });

  test('is not made anew', async () => {
    const { data, port } = cluster;
    const second = spawnSync(process.execPath, [script, 'up', '--data', data, '--port', String(port)], {
      encoding: 'utf8',
    });
    assert.notEqual(second.status, 0);
    assert.equal(readFileSync(join(data, 'secret'), 'utf8'), `${'n'.repeat(64)}\n`);
  });
});

// Each row: the process, and what is wrong with how it is started.
const refused: [name: string, args: readonly string[], told: RegExp][] = [
  ['a leaf that all can reach', ['leaf', '--host', '0.0.0.0'], /^CONFIG_INVALID: .*--secret-file FILE, or --insecure/],
  ['a log that all can reach', ['log', '--host', '::'], /^CONFIG_INVALID: .*--secret-file FILE, or --insecure/],
  [
    'a secret that is not there',
    ['leaf', '--secret-file', '/nowhere/secret'],
    /^SECRET_UNREADABLE: .*\/nowhere\/secret/,
  ],
  ['a root whose secret is a folder', ['root', '--secret-file', '/'], /^SECRET_UNREADABLE: /],
];
for (const [name, args, told] of refused) {
  test(`${name} does not start, and one line says the way out`, () => {
    const { status, stderr } = spawnSync(process.execPath, [script, ...args, '--port', '0'], { encoding: 'utf8' });
    assert.equal(status, 1);
    assert.match(stderr, told);
    assert.equal(stderr.trim().split('\n').length, 1, stderr);
  });
}
