/** What is proved at the start of a log that was stopped cleanly, and what is when anybody has been at its file since. */
import assert from 'node:assert/strict';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, test } from 'node:test';
import { textBatch } from '../batch.fixture.ts';
import { cleanStopPath, markCleanStop } from './clean-stop.ts';
import { databasePath, openFolder } from './folder.ts';
import { LogReader } from './read.ts';
import { LogStore } from './store.ts';

const root = mkdtempSync(join(tmpdir(), 'sheaf-clean-stop-'));
after(() => rmSync(root, { recursive: true }));

let folders = 0;

/** A log of two batches that was stopped cleanly. */
function filled(): string {
  const folder = join(root, String(++folders));
  const opened = openFolder(folder);
  const store = new LogStore(opened.database, { idempotencyRetentionMs: 1000 });
  const { bytes: body } = textBatch('p', 'a'.repeat(1000));
  const batches = [{ partition: 'p', count: 1, bytes: body.length }];
  for (const sequence of [1, 2]) {
    store.appendAll([{ producer: 'root', sequence, batches, body, requests: [] }], 0);
  }
  opened.close();
  return folder;
}

/** Bytes of the second batch are others. */
function damage(folder: string): void {
  const path = databasePath(folder);
  const bytes = readFileSync(path);
  const at = bytes.lastIndexOf('aaaa');
  bytes[at]! ^= 1;
  writeFileSync(path, bytes);
}

test('a log that was stopped cleanly is opened without reading its batches; damage is found where it is read', () => {
  const folder = filled();
  damage(folder);
  // As if the disk had done it: nobody has written since the mark.
  markCleanStop(databasePath(folder));
  const opened = openFolder(folder);
  assert.equal(existsSync(cleanStopPath(databasePath(folder))), false, 'while it is open it says nothing');
  const reader = new LogReader(opened.database);
  const read = (): unknown => reader.read({ partition: 'p', from: 0, batchesMax: 10, bytesMax: 1e6 });
  assert.throws(read, { code: 'LOG_CORRUPT' });
  opened.close();
});

// Each row: what became of a log that was stopped cleanly, of which a batch is damaged; and whose folder is opened then.
const rows: [name: string, becomes: (folder: string) => unknown][] = [
  ['it was written again', (folder) => writeFileSync(databasePath(folder), readFileSync(databasePath(folder)))],
  [
    'it was written again, and its time was set back',
    (folder) => {
      const { atime, mtime } = statSync(databasePath(folder));
      writeFileSync(databasePath(folder), readFileSync(databasePath(folder)));
      utimesSync(databasePath(folder), atime, mtime);
    },
  ],
  ['there is no mark', (folder) => rmSync(cleanStopPath(databasePath(folder)))],
  ['the mark is damaged', (folder) => writeFileSync(cleanStopPath(databasePath(folder)), '{"checksum":')],
  [
    'the mark is that of another log',
    (folder) => cpSync(cleanStopPath(databasePath(filled())), cleanStopPath(databasePath(folder))),
  ],
  ['something is in the write-ahead log', (folder) => writeFileSync(`${databasePath(folder)}-wal`, 'x')],
  [
    'it is a copy, with the times of the original',
    (folder) => {
      const copy = join(root, String(++folders));
      cpSync(folder, copy, { recursive: true, preserveTimestamps: true });
      return copy;
    },
  ],
  [
    'another process has changed it in the meantime',
    (folder) => {
      const database = new DatabaseSync(databasePath(folder));
      database.exec("INSERT INTO producers VALUES (99, 'other', 0, 0)");
      database.close();
    },
  ],
];
for (const [name, becomes] of rows) {
  test(`all is proved at the start where ${name}`, () => {
    const folder = filled();
    damage(folder);
    markCleanStop(databasePath(folder));
    const copy = becomes(folder);
    const opened = typeof copy === 'string' ? copy : folder;
    assert.throws(() => openFolder(opened), { code: 'DATA_CORRUPT' });
  });
}

test('a log that was not stopped cleanly is proved whole, and marked when it is stopped again', () => {
  const folder = filled();
  const path = databasePath(folder);
  const opened = openFolder(folder);
  assert.equal(existsSync(cleanStopPath(path)), false);
  opened.close();
  assert.equal(existsSync(cleanStopPath(path)), true);
  openFolder(folder).close();
});
