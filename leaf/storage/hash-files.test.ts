import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { linkSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { FileHashes } from './hash-files.ts';

const folder = mkdtempSync(join(tmpdir(), 'sheaf-hashes-'));
after(() => rmSync(folder, { recursive: true }));

const { signal } = new AbortController();
const shaOf = (text: string): string => createHash('sha256').update(text).digest('hex');

/** A file of this content that says it was changed long ago. */
function write(name: string, text: string): { name: string; path: string } {
  const path = join(folder, name);
  writeFileSync(path, text);
  utimesSync(path, 1000, 1000);
  return { name, path };
}

test('FileHashes: a file is read once, under whatever name it is linked', async () => {
  const hashes = new FileHashes(10);
  const first = write('1.segment', 'aaa');
  assert.deepEqual(await hashes.describe(first, signal), { ...first, sizeBytes: 3, sha256: shaOf('aaa') });
  const held = { name: '1.segment', path: join(folder, 'held') };
  linkSync(first.path, held.path);
  // No file of a replica ever changes: had it been read again, this would be seen.
  write('1.segment', 'bbb');
  assert.equal((await hashes.describe(held, signal)).sha256, shaOf('aaa'));
});

test('FileHashes: those that were not asked for lately are forgotten first', async () => {
  const hashes = new FileHashes(2);
  const a = write('a', '1a');
  const b = write('b', '1b');
  const c = write('c', '1c');
  for (const file of [a, b, a, c]) await hashes.describe(file, signal);
  for (const name of ['a', 'b', 'c']) write(name, `2${name}`);
  const told = [];
  for (const file of [a, c, b]) told.push((await hashes.describe(file, signal)).sha256);
  assert.deepEqual(told, [shaOf('1a'), shaOf('1c'), shaOf('2b')]);
});
