import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, suite, test } from 'node:test';
import { databasePath, openFolder } from './folder.ts';
import { LogStore } from './store.ts';

suite('openFolder', () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'sheaf-folder-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  function fill(): void {
    const opened = openFolder(folder);
    const body = Buffer.alloc(200_000, 'a');
    const batches = [{ partition: 'p', count: 1, bytes: body.length }];
    new LogStore(opened.database).appendAll([{ producer: 'root', sequence: 1, batches, body }], 0);
    opened.close();
  }

  function change(edit: (bytes: Buffer) => Buffer): void {
    fill();
    writeFileSync(databasePath(folder), edit(readFileSync(databasePath(folder))));
  }

  function execute(sql: string): void {
    const database = new DatabaseSync(databasePath(folder));
    database.exec(sql);
    database.close();
  }

  test('a second time at once is DATA_IN_USE, after closing it is free', () => {
    const opened = openFolder(folder);
    assert.throws(() => openFolder(folder), { code: 'DATA_IN_USE' });
    opened.close();
    openFolder(folder).close();
  });

  test('a folder that is missing is made, with its parents', () => {
    openFolder(join(folder, 'a', 'b')).close();
  });

  test('a folder that cannot be made is DATA_NOT_WRITABLE', () => {
    writeFileSync(join(folder, 'file'), '');
    for (const path of [join(folder, 'file'), join(folder, 'file', 'below')]) {
      assert.throws(() => openFolder(path), { code: 'DATA_NOT_WRITABLE' }, path);
    }
  });

  // Each row: what happened to the file.
  const damages: [what: string, damage: () => void][] = [
    ['no database', () => writeFileSync(databasePath(folder), 'this is not a database. '.repeat(100))],
    ['another application', () => execute('CREATE TABLE users (name TEXT)')],
    ['another version', () => (fill(), execute('PRAGMA user_version = 99'))],
    ['cut short', () => change((bytes) => bytes.subarray(0, bytes.length - 8192))],
    ['a page of zeros', () => change((bytes) => bytes.fill(0, 4096, 8192))],
  ];
  for (const [what, damage] of damages) {
    test(`${what} is DATA_CORRUPT, and the folder is free again`, () => {
      damage();
      assert.throws(() => openFolder(folder), { code: 'DATA_CORRUPT' });
      rmSync(databasePath(folder));
      openFolder(folder).close();
    });
  }
});
