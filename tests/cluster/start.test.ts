import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';
import { isAlive } from '../../command/up/process-table.ts';
import { startCluster, type Cluster } from './start.ts';

const script = fileURLToPath(new URL('../../sheaf.ts', import.meta.url));

function sheaf(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, ...args], {
    encoding: 'utf8',
    timeout: 30_000,
  });
  return { status, stdout, stderr };
}

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  for (let i = 0; !(await condition()); i++) {
    assert(i < 400, 'waited 20 s in vain');
    await sleep(50);
  }
}

async function isReady(cluster: Cluster): Promise<boolean> {
  try {
    return (await fetch(`${cluster.url}/v1/health/ready`)).ok;
  } catch {
    return false;
  }
}

test('up: starts every process, starts one that was killed again, and leaves nothing behind', async (t) => {
  const cluster = await startCluster({ leaves: 2 });
  t.after(() => cluster.stop());
  const before = cluster.pids();
  assert.deepEqual(Object.keys(before).sort(), ['leaf-0', 'leaf-1', 'log', 'root']);
  for (const name of Object.keys(before)) cluster.signal(name, 'SIGKILL');
  await until(() => Object.entries(cluster.pids()).filter(([name, pid]) => pid !== before[name]).length === 4);
  await until(() => isReady(cluster));
  for (const name of Object.keys(before)) assert.match(cluster.output(), new RegExp(`${name} ended \\(SIGKILL\\)`));
  const after = Object.values(cluster.pids());
  await cluster.stop();
  assert.equal(cluster.up.exitCode, 0, cluster.output());
  assert.deepEqual(after.filter(isAlive), []);
  assert(!existsSync(cluster.data));
});

test('up: refuses a folder that is in use and a port that is in use, in one line', async (t) => {
  const cluster = await startCluster({ leaves: 1 });
  t.after(() => cluster.stop());
  const sameFolder = sheaf('up', '--data', cluster.data, '--port', String(cluster.port + 40), '--leaves', '1');
  assert.equal(sameFolder.status, 1);
  assert.match(sameFolder.stderr, /^DATA_IN_USE: [^\n]*\n$/);
  const answers = `a cluster answers at ${cluster.url} already`;
  assert(sameFolder.stderr.includes(answers), sameFolder.stderr);
  const folder = mkdtempSync(join(tmpdir(), 'sheaf-test-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const samePort = sheaf('up', '--data', folder, '--port', String(cluster.port), '--leaves', '1');
  assert.equal(samePort.status, 1);
  assert.match(samePort.stderr, new RegExp(`^PORT_IN_USE: [^\\n]*"port":${cluster.port + 1}[^\\n]*--port[^\\n]*\\n$`));
  assert(samePort.stderr.includes(answers), samePort.stderr);
});

test('up: killed without warning it takes its children along, and can be started again at once', async (t) => {
  const data = mkdtempSync(join(tmpdir(), 'sheaf-test-'));
  t.after(() => rmSync(data, { recursive: true, force: true }));
  const first = await startCluster({ leaves: 1, data });
  const pids = Object.values(first.pids());
  first.up.kill('SIGKILL');
  await once(first.up, 'exit');
  const second = await startCluster({ leaves: 1, data });
  t.after(() => second.stop());
  assert.deepEqual(pids.filter(isAlive), []);
  await second.stop();
});

test('up: a fault of the configuration is one line and exit code 1', () => {
  const { status, stderr } = sheaf('up', '--leaves', '1', '--replicas', '2', '--timeout-ms', 'x');
  assert.equal(status, 1);
  assert.match(stderr, /^CONFIG_INVALID: [^\n]*"timeoutMs"[^\n]*"replicas"[^\n]*\n$/);
});
