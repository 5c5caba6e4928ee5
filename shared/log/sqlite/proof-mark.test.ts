/** What is proved at the start of a log: after a clean stop, after a crash, and when anybody else has been at its file since. */
import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, test, type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { textBatch } from '../batch.fixture.ts';
import { databasePath, openFolder, type OpenFolder } from './folder.ts';
import { markCleanStop, proofMarkPath, readProved, writeMark } from './proof-mark.ts';
import { LogReader } from './read.ts';
import { LogStore } from './store.ts';
import { Trims } from './trims.ts';

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
  assert.equal(opened.provedBatches, 0);
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
  ['there is no mark', (folder) => rmSync(proofMarkPath(databasePath(folder)))],
  ['the mark is damaged', (folder) => writeFileSync(proofMarkPath(databasePath(folder)), '{"checksum":')],
  [
    'the mark is that of another log',
    (folder) => cpSync(proofMarkPath(databasePath(filled())), proofMarkPath(databasePath(folder))),
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

/** Opens a log as a fresh process does after the one before was killed: its lock is gone with it, and its files are as they were. */
function openAfterKill(folder: string, boot: string | null = 'boot 1'): OpenFolder {
  rmSync(join(folder, 'log.lock'));
  return openFolder(folder, {}, boot);
}

/** A log that is open, and appends one batch after the other, of the same 1,000 bytes. */
function openLog(t: TestContext, boot: string | null = 'boot 1') {
  const folder = join(root, String(++folders));
  const opened = openFolder(folder, {}, boot);
  t.after(() => opened.database.close());
  const store = new LogStore(opened.database, { idempotencyRetentionMs: 1000 });
  let sequence = 0;
  const append = (partition: string, count = 1): void => {
    const { bytes: body } = textBatch(partition, 'a'.repeat(1000));
    const batches = [{ partition, count: 1, bytes: body.length }];
    for (let i = 0; i < count; i++) {
      store.appendAll([{ producer: 'root', sequence: ++sequence, batches, body, requests: [] }], 0);
      opened.look();
    }
  };
  /** As SQLite does by itself once there is more: moves into the file what was committed. */
  const move = (): void => {
    opened.database.exec('PRAGMA wal_checkpoint(PASSIVE)');
    opened.look();
  };
  const path = databasePath(folder);
  const marked = async (): Promise<void> => {
    while (readProved(path, boot) === 'nothing') await sleep(1);
  };
  return { folder, path, opened, append, move, marked };
}

test('after a crash only the batches are read that were not in the file when it was marked last', async (t) => {
  const { folder, append, move, marked } = openLog(t);
  append('p', 20);
  append('q', 3);
  move();
  await marked();
  append('p', 4);
  append('r', 2);
  // Each start finds the same, as long as nothing more is moved; and leaves it proved.
  const opened = openAfterKill(folder);
  t.after(() => opened.database.close());
  assert.equal(opened.provedBatches, 6);
  opened.look();
  await marked();
  const again = openAfterKill(folder);
  t.after(() => again.database.close());
  assert.equal(again.provedBatches, 0);
});

test('after a crash what was trimmed beyond the mark is not looked for', async (t) => {
  const { folder, opened, append, move, marked } = openLog(t);
  append('p', 20);
  move();
  await marked();
  append('p', 4);
  new Trims(opened.database).trim('p', 22);
  opened.database.exec('DELETE FROM batches WHERE first_offset < 22');
  const next = openAfterKill(folder);
  t.after(() => next.database.close());
  assert.equal(next.provedBatches, 2);
});

test('after a crash a batch that was not proved and is damaged is found at the start', async (t) => {
  const { folder, opened, append, move, marked } = openLog(t);
  append('p', 2);
  move();
  await marked();
  append('p', 2);
  opened.database.exec('UPDATE batches SET checksum = 1 WHERE first_offset = 3');
  assert.throws(() => openAfterKill(folder), { code: 'DATA_CORRUPT' });
});

// Each row: what came between the mark and the start after a crash, and whose boot the start is of: all is proved.
const crashes: [name: string, becomes: (path: string, database: DatabaseSync) => void, boot: string | null][] = [
  ['the machine was started again', () => undefined, 'boot 2'],
  ['the system does not tell when it was started', () => undefined, null],
  [
    'the process was at moving batches into the file',
    (_, database) => database.exec('PRAGMA wal_checkpoint(PASSIVE)'),
    'boot 1',
  ],
  ['somebody has written to the file', (path) => writeFileSync(path, readFileSync(path)), 'boot 1'],
  ['the mark is gone', (path) => rmSync(proofMarkPath(path)), 'boot 1'],
  ['the mark is cut off', (path) => writeFileSync(proofMarkPath(path), '{"checksum":'), 'boot 1'],
];
for (const [name, becomes, boot] of crashes) {
  test(`after a crash all is proved where ${name}`, async (t) => {
    const { folder, path, opened, append, move, marked } = openLog(t);
    append('p', 20);
    move();
    await marked();
    append('p', 4);
    becomes(path, opened.database);
    const next = openAfterKill(folder, boot);
    t.after(() => next.database.close());
    assert.equal(next.provedBatches, 24);
  });
}

test('a clean stop is marked later than the last change of the file, however soon it comes after it', () => {
  const folder = filled();
  const path = databasePath(folder);
  for (let i = 0; i < 20; i++) {
    writeFileSync(path, readFileSync(path));
    markCleanStop(path);
    assert.equal(readProved(path, null), 'all');
  }
});

test('a mark from within the same step of time as the last change of the file says nothing', () => {
  const folder = filled();
  const path = databasePath(folder);
  const { mtimeNs } = statSync(path, { bigint: true });
  assert.equal(readProved(path, null), 'all');
  utimesSync(proofMarkPath(path), Number(mtimeNs) / 1e9 - 1, Number(mtimeNs) / 1e9 - 1);
  assert.equal(readProved(path, null), 'nothing');
});

test('what is not all moved into the file is not marked: a reader holds it up', async (t) => {
  const { folder, path, append, move, marked } = openLog(t);
  append('p', 20);
  move();
  await marked();
  append('p', 2);
  const reader = new DatabaseSync(path, { readOnly: true });
  reader.exec('BEGIN');
  reader.prepare('SELECT count(*) FROM batches').get();
  append('p', 2);
  move();
  await marked();
  const next = openAfterKill(folder);
  t.after(() => next.database.close());
  assert.equal(next.provedBatches, 4);
  reader.close();
});

test('a log that is stopped cleanly is marked, and proved whole where the mark was of something else', () => {
  const folder = filled();
  const path = databasePath(folder);
  const open = (): number => {
    const opened = openFolder(folder);
    opened.close();
    return opened.provedBatches;
  };
  assert.equal(open(), 0);
  writeMark(path, { state: 'another', boot: null, heads: null }, { isDurable: false });
  assert.deepEqual([open(), open()], [2, 0]);
});
