import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { SheafError } from '../errors.ts';
import { lockFolder } from './lock.ts';

const folder = mkdtempSync(join(tmpdir(), 'sheaf-lock-'));
after(() => rmSync(folder, { recursive: true, force: true }));

test('lockFolder: one holder at a time, and free again after a release', () => {
  const path = join(folder, 'made', 'on the way');
  const first = lockFolder(path, 'lock');
  assert.throws(() => lockFolder(path, 'lock'), { code: 'DATA_IN_USE' });
  first.release();
  lockFolder(path, 'lock').release();
});

test('lockFolder: the lock of a process that is killed is free', async (t) => {
  const path = join(folder, 'killed');
  const module = new URL('./lock.ts', import.meta.url).href;
  const script = `const { lockFolder } = await import(${JSON.stringify(module)});
    globalThis.held = lockFolder(${JSON.stringify(path)}, 'lock'); console.log('held'); setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  t.after(() => child.kill('SIGKILL'));
  await once(child.stdout, 'data');
  assert.throws(() => lockFolder(path, 'lock'), { code: 'DATA_IN_USE' });
  child.kill('SIGKILL');
  await once(child, 'exit');
  lockFolder(path, 'lock').release();
});

test('lockFolder: a file in the way is named', () => {
  writeFileSync(join(folder, 'file'), '');
  assert.throws(() => lockFolder(join(folder, 'file'), 'lock'), { code: 'DATA_NOT_WRITABLE' });
});

test('lockFolder: something else in the place of the lock is named as damage', () => {
  for (const content of ['garbage', 'this is not a database. '.repeat(100)]) {
    const path = join(folder, 'damaged');
    lockFolder(path, 'lock').release();
    writeFileSync(join(path, 'lock'), content);
    assert.throws(
      () => lockFolder(path, 'lock'),
      (error: SheafError) => {
        assert.deepEqual([error.code, error.detail['path']], ['DATA_CORRUPT', join(path, 'lock')]);
        return true;
      },
    );
    rmSync(path, { recursive: true });
  }
});

test('lockFolder: a folder that cannot be made is told at once', () => {
  assert.throws(() => lockFolder('/proc/sheaf/data', 'lock'), { code: 'DATA_NOT_WRITABLE' });
});
