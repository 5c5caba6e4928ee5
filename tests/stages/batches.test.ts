/** Batches of files of tests, run as the runner does. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { writeBatches } from './batches.ts';

const { NODE_TEST_CONTEXT: _, ...env } = process.env;

test('writeBatches: every file is run once, what fails fails, is told by its place, and holds up none of the others', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'sheaf-test-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const files = Array.from({ length: 60 }, (_each, i) => join(folder, `of-${i}.test.ts`));
  for (const [i, file] of files.entries()) {
    const fault = i === 17 ? "throw new Error('this one fails')" : '';
    const skipped = i === 18 ? "t.skip('has no tool')" : '';
    writeFileSync(file, `import { test } from 'node:test';\ntest('of ${i}', (t) => { ${fault}${skipped} });\n`);
  }
  const batches = writeBatches(files, folder);
  assert.ok(batches.length > 1 && batches.length < files.length, `${batches.length} batches`);
  const { status, stdout } = spawnSync(process.execPath, ['--test', '--test-reporter=tap', ...batches], {
    env,
    encoding: 'utf8',
  });
  assert.equal(status, 1, stdout);
  const named = [...stdout.matchAll(/^(not ok|ok) \d+ - (of \d+)/gm)].map(([, result, name]) => `${result} ${name}`);
  assert.deepEqual(named.sort(), files.map((_file, i) => `${i === 17 ? 'not ok' : 'ok'} of ${i}`).sort());
  assert.match(stdout, /of-17\.test\.ts:2/);
  assert.match(stdout, /^ok \d+ - of 18 # SKIP has no tool$/m);
});

test('writeBatches: a file that cannot be loaded fails the run', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'sheaf-test-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'broken.test.ts');
  writeFileSync(file, "import './nothing.ts';\n");
  const { status, stdout } = spawnSync(process.execPath, ['--test', ...writeBatches([file], folder)], {
    env,
    encoding: 'utf8',
  });
  assert.equal(status, 1, stdout);
  assert.match(stdout, /nothing\.ts/);
});
