import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const launcher = fileURLToPath(new URL('../sheaf.js', import.meta.url));

/** The Node of the tests, and that of the machine, which may be too old for Sheaf itself. */
const executables = [process.execPath, '/usr/bin/node', '/usr/local/bin/node'].filter((path) => existsSync(path));

function majorOf(executable: string): number {
  return Number(/^v(\d+)/.exec(spawnSync(executable, ['--version'], { encoding: 'utf8' }).stdout)?.[1]);
}

for (const executable of executables) {
  test(`sheaf.js: runs the command with ${executable}, output and exit code kept`, () => {
    const good = spawnSync(executable, [launcher, '--version'], { encoding: 'utf8' });
    assert.deepEqual([good.status, good.stderr], [0, '']);
    assert.match(good.stdout, /^\d+\.\d+\.\d+\n$/);
    const bad = spawnSync(executable, [launcher, 'search', 'a', 'b', '--size', 'x'], { encoding: 'utf8' });
    assert.equal(bad.status, 1);
    assert.match(bad.stderr, /^CONFIG_INVALID/);
  });

  test(`sheaf.js: passes on SIGTERM with ${executable}`, async (t) => {
    const data = mkdtempSync(join(tmpdir(), 'sheaf-test-'));
    t.after(() => rmSync(data, { recursive: true, force: true }));
    const child = spawn(executable, [launcher, 'log', '--port', '0', '--data', data]);
    t.after(() => child.kill('SIGKILL'));
    let telemetry = '';
    for await (const chunk of child.stderr) {
      telemetry += String(chunk);
      if (/"msg":"ready"/.test(telemetry)) break;
    }
    child.kill('SIGTERM');
    const [code] = (await once(child, 'exit')) as [number | null];
    assert.equal(code, 0, telemetry);
  });
}

test('sheaf.js: a Node that is too old, with no other at hand, is one line and exit code 1', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'sheaf-test-'));
  t.after(() => rmSync(folder, { recursive: true }));
  copyFileSync(launcher, join(folder, 'sheaf.js'));
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
  for (const executable of executables.filter((path) => majorOf(path) < 26)) {
    const { status, stderr } = spawnSync(executable, [join(folder, 'sheaf.js'), 'up'], { encoding: 'utf8' });
    assert.equal(status, 1);
    assert.match(stderr, /^sheaf: this is Node [\d.]+ and Sheaf needs Node 26 or newer[^\n]*\n$/);
  }
});

test('sheaf.js: has no syntax that an old Node does not know', () => {
  const code = readFileSync(launcher, 'utf8').replace(/^#!.*|\/\/.*$/gm, '');
  assert.match(code, /spawn/);
  assert.doesNotMatch(code, /\?\.[a-z]|\?\?|\bawait\b|\|\|=/);
});
