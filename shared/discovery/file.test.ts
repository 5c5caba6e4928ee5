import assert from 'node:assert/strict';
import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { followFile } from './file.ts';
import { follower } from './follow.fixture.ts';

test('followFile: follows a file that is made, replaced, broken, mended, emptied and removed', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'sheaf-test-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'leaves');
  const write = (text: string): void => {
    writeFileSync(`${path}.new`, text);
    renameSync(`${path}.new`, path);
  };
  const { told, faults, events, until } = follower();
  const discovery = followFile(path, events);
  t.after(() => discovery.close());

  await until(() => faults.length === 1);
  assert.match(faults[0]!, /ENOENT/);
  write('leaf-0=h:1\n');
  await until(() => told.length === 1);
  write('leaf-0=h:1\nleaf-1=h:2\n');
  await until(() => told.length === 2);
  write('leaf-0\n');
  await until(() => faults.length === 2);
  assert.match(faults[1]!, /leaves is no list of name=host:port/);
  write('');
  await until(() => told.length === 3);
  rmSync(path);
  await until(() => faults.length === 3);
  assert.deepEqual(told, ['leaf-0@h:1', 'leaf-0@h:1 leaf-1@h:2', '']);
});
