import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, suite, test } from 'node:test';
import type { SheafError } from '../../errors.ts';
import { textBatch } from '../batch.fixture.ts';
import { databasePath, openFolder } from './folder.ts';
import { LogStore } from './store.ts';
import { Trims } from './trims.ts';

const retention = { idempotencyRetentionMs: 1000 };

suite('openFolder', () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'sheaf-folder-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  function fill(appends = 1): void {
    const opened = openFolder(folder);
    const { bytes: body } = textBatch('p', 'a'.repeat(200_000));
    const batches = [{ partition: 'p', count: 1, bytes: body.length }];
    const store = new LogStore(opened.database, retention);
    for (let sequence = 1; sequence <= appends; sequence++) {
      store.appendAll([{ producer: 'root', sequence, batches, body, requests: [] }], 0);
    }
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

  test('the identity stays with the file, and a new file has another', () => {
    const identities = [1, 2, 3].map((time) => {
      if (time === 3) rmSync(databasePath(folder));
      const opened = openFolder(folder);
      opened.close();
      return opened.identity;
    });
    assert.equal(identities[0], identities[1]);
    assert.notEqual(identities[0], identities[2]);
  });

  test('damage to a batch is told with its place', () => {
    fill(2);
    execute("UPDATE batches SET bytes = CAST('b' AS BLOB) WHERE first_offset = 1");
    assert.throws(
      () => openFolder(folder),
      ({ code, detail }: SheafError) => {
        assert.deepEqual(
          [code, detail],
          [
            'DATA_CORRUPT',
            { path: databasePath(folder), partition: 'p', firstOffset: 1, lastOffset: 1, reason: 'checksum' },
          ],
        );
        return true;
      },
    );
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

  test('a file of another version is not damaged: it is DATA_VERSION_UNKNOWN, and left as it is', () => {
    fill();
    execute('PRAGMA user_version = 99');
    const before = readFileSync(databasePath(folder));
    assert.throws(() => openFolder(folder), { code: 'DATA_VERSION_UNKNOWN' });
    assert.deepEqual(readFileSync(databasePath(folder)), before);
  });

  // Each row: what happened to the file.
  const damages: [what: string, damage: () => void][] = [
    ['no database', () => writeFileSync(databasePath(folder), 'this is not a database. '.repeat(100))],
    ['another application', () => execute('CREATE TABLE users (name TEXT)')],
    ['a damaged identity', () => (fill(), execute("UPDATE identity SET identity = 'other'"))],
    ['no identity', () => (fill(), execute('DELETE FROM identity'))],
    ['a damaged head', () => (fill(), execute('UPDATE partitions SET checksum = 0'))],
    ['a damaged skip', () => (fill(), execute('INSERT INTO skips VALUES (1, 0, 0)'))],
    ['a damaged trim', () => (fill(3), execute('INSERT INTO trims VALUES (1, 2, 0)'))],
    [
      'a batch after a trim that is gone',
      () => {
        fill(3);
        const opened = openFolder(folder);
        new Trims(opened.database).trim('p', 1);
        opened.close();
        execute('DELETE FROM batches WHERE first_offset = 1');
      },
    ],
    ['cut short', () => change((bytes) => bytes.subarray(0, bytes.length - 8192))],
    [
      'a byte inside a batch',
      () =>
        change((bytes) =>
          bytes.fill('b', bytes.indexOf('a'.repeat(1000)) + 500, bytes.indexOf('a'.repeat(1000)) + 501),
        ),
    ],
    ['a batch that is gone', () => (fill(), execute('DELETE FROM batches'))],
    ['a batch amid others that is gone', () => (fill(3), execute('DELETE FROM batches WHERE first_offset = 1'))],
    ['a page of zeros', () => change((bytes) => bytes.fill(0, 4096, 8192))],
  ];
  for (const [what, damage] of damages) {
    test(`${what} is DATA_CORRUPT, and the folder is free again`, () => {
      damage();
      assert.throws(
        () => openFolder(folder),
        ({ code, detail }: SheafError) => {
          assert.deepEqual([code, detail['path']], ['DATA_CORRUPT', databasePath(folder)]);
          return true;
        },
      );
      rmSync(databasePath(folder));
      openFolder(folder).close();
    });
  }
});
