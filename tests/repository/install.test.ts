/** What `npm ci` says to somebody who has the oldest Node that is enough to begin with. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';

const repository = join(import.meta.dirname, '../..');

/** Folders of a Node that is older than what packages ask for, with an npm beside it. */
const olderNodes = ['/usr/bin', '/usr/local/bin'].filter((folder) => {
  if (!existsSync(join(folder, 'npm')) || !existsSync(join(folder, 'node'))) return false;
  const { stdout } = spawnSync(join(folder, 'node'), ['--version'], { encoding: 'utf8' });
  const major = Number(/^v(\d+)/.exec(stdout)?.[1]);
  return major >= 20 && major < 22;
});
const skip =
  olderNodes.length === 0 && 'there is no Node 20 or 21 with npm here: what npm ci warns of is not looked at';

/** Resolves as `npm ci` does, engines too, without installing anything and without a registry. */
function tryInstall(t: TestContext, files: Readonly<Record<string, string>>) {
  const folder = mkdtempSync(join(tmpdir(), 'sheaf-test-'));
  t.after(() => rmSync(folder, { recursive: true }));
  for (const name of ['package-lock.json', '.npmrc']) copyFileSync(join(repository, name), join(folder, name));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  // What npm itself sets for its scripts would decide in place of the files.
  const own = Object.entries(process.env).filter(([name]) => !name.toLowerCase().startsWith('npm_'));
  const env = { ...Object.fromEntries(own), PATH: `${olderNodes[0]}:/bin` };
  const args = ['ci', '--dry-run', '--offline', '--userconfig', join(folder, 'none')];
  return spawnSync(join(olderNodes[0]!, 'npm'), args, { cwd: folder, env, encoding: 'utf8', timeout: 60_000 });
}

const manifest = readFileSync(join(repository, 'package.json'), 'utf8');

test('npm ci: warns of nothing on Node 20', { skip }, (t) => {
  const { status, stderr, stdout } = tryInstall(t, { 'package.json': manifest });
  assert.deepEqual([status, stderr], [0, '']);
  assert.match(stdout, /added \d+ packages/);
});

test('npm ci: what is wrong is an error still, and ends it', { skip }, (t) => {
  const wrong = manifest.replace(/"fastify": "[^"]*"/, '"fastify": "4.0.0"');
  const { status, stderr } = tryInstall(t, { 'package.json': wrong });
  assert.notEqual(status, 0);
  assert.match(stderr, /npm error code/);
});
