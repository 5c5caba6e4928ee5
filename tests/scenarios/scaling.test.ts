/** `sheaf scale` on a running `sheaf up` of two roots. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { startCluster, type Cluster } from '../cluster/start.ts';
import { must, send } from '../service/client.ts';

interface ClusterPage {
  readonly leaves: readonly { readonly name: string; readonly state: string; readonly placed: boolean }[];
  readonly indexes: readonly {
    readonly replicas: number;
    readonly replicasMissing: { readonly notReady: number; readonly noLeaf: number };
    readonly replicasReported: readonly { readonly state: string }[];
  }[];
}

const script = fileURLToPath(new URL('../../sheaf.ts', import.meta.url));

let cluster: Cluster;
let urls: readonly string[];
before(async () => {
  cluster = await startCluster({ leaves: 2, args: ['--roots', '2'] });
  urls = [cluster.url, `http://127.0.0.1:${cluster.port + 2}`];
});
after(() => cluster?.stop());

/** Runs a command to its end. */
function sheaf(...args: string[]): Promise<{ status: number; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [script, ...args], { timeout: 60_000 }, (error, stdout, stderr) => {
      resolve({ status: error === null ? 0 : Number(error.code), stdout, stderr });
    });
  });
}

const scale = (leaves: number | string, ...more: readonly string[]) =>
  sheaf('scale', '--data', cluster.data, '--leaves', String(leaves), ...more);

/** The names of the leaves that are used, as each root sees them. */
async function leavesSeen(): Promise<string[]> {
  const pages = await Promise.all(urls.map((url) => must<ClusterPage>('GET', `${url}/v1/cluster`)));
  return pages.map(({ leaves }) =>
    leaves
      .filter(({ state }) => state === 'up')
      .map(({ name }) => name)
      .join(' '),
  );
}

async function until(condition: () => Promise<boolean>): Promise<void> {
  for (let i = 0; !(await condition()); i++) {
    assert(i < 200, `waited 10 s in vain: ${JSON.stringify(await leavesSeen())}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

const seen = (names: string) => until(async () => (await leavesSeen()).every((each) => each === names));

// Each row: the replicas asked for while there are two leaves, replicas that are ready then, those without a leaf.
const replicas: [asked: number, ready: number, noLeaf: number][] = [
  [1, 4, 0],
  [2, 8, 0],
  [5, 8, 12],
  [1, 4, 0],
  [2, 8, 0],
];

test('replicas of an index that is in use: answered when they are ready, as many as there are leaves for', async () => {
  await must('PUT', `${cluster.url}/v1/indexes/books`, { shards: 4, schema: { fields: { title: { kind: 'text' } } } });
  await must('PUT', `${cluster.url}/v1/indexes/books/documents/1`, { title: 'on growth and form' });
  await seen('leaf-0 leaf-1');
  for (const [asked, ready, noLeaf] of replicas) {
    await must('PUT', `${urls[1]}/v1/indexes/books`, { replicas: asked, schema: { fields: {} } });
    const { indexes } = await must<ClusterPage>('GET', `${urls[1]}/v1/cluster`);
    assert.deepEqual([indexes[0]!.replicas, indexes[0]!.replicasMissing], [asked, { notReady: 0, noLeaf }]);
    const states = async (): Promise<string> => {
      const page = await must<ClusterPage>('GET', `${urls[0]}/v1/cluster`);
      return page.indexes[0]!.replicasReported.map(({ state }) => state).join(' ');
    };
    // Those that are too many go when others have taken over.
    const expected = Array.from({ length: ready }, () => 'ready').join(' ');
    await until(async () => (await states()) === expected);
    assert.equal((await send('GET', `${urls[0]}/v1/indexes/books/search?q=growth`)).status, 200);
  }
});

test('scale: starts leaves and ends those of the highest ordinals, and every root follows', async () => {
  const up = await scale(3);
  assert.equal(up.status, 0, up.stderr);
  assert.match(up.stdout, /leaf-2 is started\n/);
  assert.match(up.stdout, /leaf-2 is ready after [\d.]+ s\n3 leaves, [\d.]+ s\n$/);
  await seen('leaf-0 leaf-1 leaf-2');
  assert.deepEqual(Object.keys(cluster.pids()).sort(), ['leaf-0', 'leaf-1', 'leaf-2', 'log', 'root', 'root-1']);

  const down = await scale(1);
  assert.match(down.stdout, /^leaf-2 is asked to end\nleaf-1 is asked to end\n/);
  assert.match(down.stdout, /leaf-[12] has ended after [\d.]+ s\n1 leaf, [\d.]+ s\n$/);
  assert.equal((await scale(1)).stdout.split(',')[0], '1 leaf already\n1 leaf');
  await seen('leaf-0');
  assert.deepEqual(Object.keys(cluster.pids()).sort(), ['leaf-0', 'log', 'root', 'root-1']);
});

test('scale: without leaves a search is 503 with coverage, and answered again when they are back', async () => {
  const search = `${urls[1]}/v1/indexes/books/search?q=growth`;
  assert.equal((await scale(0)).status, 1);
  assert.equal((await scale(0, '--yes')).status, 0);
  await seen('');
  const { status, body } = await send<{ error: { code: string }; coverage: { shards: object } }>('GET', search);
  const figures = await (await fetch(`${urls[1]}/metrics`)).text();
  assert.match(figures, /^sheaf_root_log_connected 1$/m);
  assert.match(figures, /^sheaf_root_leaves\{state="up"\} 0$/m);
  assert.match(figures, /^sheaf_root_replicas_missing\{reason="no_leaf"\} 8$/m);
  assert.deepEqual([status, body.error.code], [503, 'COVERAGE_TOO_LOW']);
  assert.deepEqual(body.coverage.shards, { asked: 4, answered: 0, failed: 4 });

  assert.equal((await scale(2)).status, 0);
  await until(async () => (await send('GET', search)).status === 200);
});

test('scale: a leaf that is killed is started again where it was', async () => {
  await seen('leaf-0 leaf-1');
  const first = cluster.pids()['leaf-1'];
  cluster.signal('leaf-1', 'SIGKILL');
  await until(async () => cluster.pids()['leaf-1'] !== undefined && cluster.pids()['leaf-1'] !== first);
  await seen('leaf-0 leaf-1');
});

test('scale: what cannot be is one line and exit code 1', async () => {
  const nobody = await sheaf('scale', '--data', join(cluster.data, 'nothing'), '--leaves', '2');
  assert.equal(nobody.status, 1);
  assert.match(
    nobody.stderr,
    /^no sheaf up runs with the data folder \S+nothing: start one, or name its folder with --data\n$/,
  );
  const none = await sheaf('scale', '--data', cluster.data);
  assert.match(none.stderr, /^CONFIG_INVALID: [^\n]*how many leaves there should be[^\n]*\n$/);
  const wrong = await scale(-1);
  assert.match(wrong.stderr, /^CONFIG_INVALID: [^\n]*0 to 1000[^\n]*\n$/);

  // Left behind by one that was killed: the port is nobody's, or of somebody who does not know the token.
  const folder = join(cluster.data, 'log');
  for (const url of ['http://127.0.0.1:9', cluster.url]) {
    writeFileSync(join(folder, 'control.json'), JSON.stringify({ url, root: url, token: 'x' }));
    assert.match((await sheaf('scale', '--data', folder, '--leaves', '2')).stderr, /^no sheaf up runs/);
  }
  rmSync(join(folder, 'control.json'));
});
