/** A write-ahead log that is damaged, or as a crash leaves it: what was committed is never dropped in silence. */
import assert from 'node:assert/strict';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, test } from 'node:test';
import { createRandom } from '../../random/random.ts';
import { textBatch } from '../batch.fixture.ts';
import { databasePath, openFolder } from './folder.ts';
import { LogStore } from './store.ts';
import { verifyWal } from './wal-damage.ts';
import { roundsOf } from '../../../tests/stages/rounds.ts';

const root = mkdtempSync(join(tmpdir(), 'sheaf-wal-'));
after(() => rmSync(root, { recursive: true }));

let folders = 0;
const nextFolder = (): string => join(root, String(++folders));
const walOf = (folder: string): string => `${databasePath(folder)}-wal`;
const frameBytes = 24 + 4096;
const frameAt = (number: number): number => 32 + (number - 1) * frameBytes;

/** The files as a process that is killed now leaves them. */
function killed(folder: string): string {
  const copy = nextFolder();
  mkdirSync(copy);
  for (const suffix of ['', '-wal']) cpSync(databasePath(folder) + suffix, databasePath(copy) + suffix);
  return copy;
}

/** A log to which some batches of 1,000 bytes were appended, one after the other, killed. @returns its folder, and where each transaction ended */
function appended(count: number): { readonly folder: string; readonly ends: readonly number[] } {
  const folder = nextFolder();
  const opened = openFolder(folder);
  // What made the tables is not in it, nor left in it.
  opened.database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  const store = new LogStore(opened.database, { idempotencyRetentionMs: 1000 });
  const { bytes: body } = textBatch('p', 'a'.repeat(1000));
  const ends = Array.from({ length: count }, (_, i) => {
    const batches = [{ partition: 'p', count: 1, bytes: body.length }];
    store.appendAll([{ producer: 'root', sequence: i + 1, batches, body, requests: [] }], 0);
    return (statSync(walOf(folder)).size - 32) / frameBytes;
  });
  const left = killed(folder);
  opened.close();
  return { folder: left, ends };
}

/** The head of the partition as a start finds it. */
function headAfterStart(folder: string): number {
  const opened = openFolder(folder);
  const [row] = opened.database.prepare("SELECT head FROM partitions WHERE name = 'p'").all();
  opened.close();
  return (row?.['head'] as number | undefined) ?? -1;
}

function flip(folder: string, at: number, bit = 0): void {
  const bytes = readFileSync(walOf(folder));
  bytes[at]! ^= 1 << bit;
  writeFileSync(walOf(folder), bytes);
}

const batches = 12;
const { folder: sound, ends } = appended(batches);

test('a log that was killed has all that was committed', () => {
  assert.equal(headAfterStart(killed(sound)), batches - 1);
});

// Each row: what is damaged, of the frames of the sixth of twelve transactions, and the frame that is told.
const first = ends[4]! + 1;
const commit = ends[5]!;
const rows: [name: string, at: number, frame: number][] = [
  ['the page of a frame', frameAt(first) + 24 + 100, first],
  ['the number of its page', frameAt(first) + 3, first],
  ['that it ends no transaction', frameAt(first) + 7, first],
  ['its salt', frameAt(first) + 8, first],
  ['its checksum', frameAt(first) + 20, first],
  ['the page of a frame that ends a transaction', frameAt(commit) + 24 + 100, commit],
  ['that it ends one', frameAt(commit) + 7, commit],
  ['its salt, where it ends one', frameAt(commit) + 8, commit],
  ['its checksum, where it ends one', frameAt(commit) + 20, commit],
  ['the first of all', frameAt(1) + 24 + 100, 1],
  ['the name of the format', 0, 0],
  ['the salt of the file', 16, 0],
  ['the checksum of its header', 28, 0],
];
for (const [name, at, frame] of rows) {
  test(`damage is told, and nothing is dropped: ${name}`, () => {
    const folder = killed(sound);
    flip(folder, at);
    assert.throws(() => openFolder(folder), { code: 'DATA_CORRUPT', detail: hasFrame(walOf(folder), frame) });
  });
}

function hasFrame(path: string, frame: number): object {
  return { path, frame, reason: 'what was committed stands behind damage in the write-ahead log' };
}

const seed = 4_950_005;
test(`any bit of what is before the last two transactions flipped is told; seed ${seed}`, () => {
  const random = createRandom(seed);
  const upTo = frameAt(ends[batches - 3]! + 1) - 1;
  for (let i = 0; i < roundsOf(200); i++) {
    const folder = killed(sound);
    const at = random.integer(0, upTo);
    // The number of a checkpoint and the version stand under the checksum, too.
    flip(folder, at, random.integer(0, 7));
    assert.throws(() => verifyWal(databasePath(folder)), { code: 'DATA_CORRUPT' }, `byte ${at}`);
    rmSync(folder, { recursive: true });
  }
});

test(`what a lost machine may leave of the last transaction opens, up to the one before; seed ${seed}`, () => {
  const random = createRandom(seed);
  const from = ends[batches - 2]! + 1;
  for (let i = 0; i < 40; i++) {
    const folder = killed(sound);
    const bytes = readFileSync(walOf(folder));
    // Any of its frames, in whatever order they went to disk, and at least one did not.
    const lost = random.integer(from, ends[batches - 1]!);
    for (let frame = from; frame <= ends[batches - 1]!; frame++) {
      if (frame === lost || random.chance(0.3)) bytes.fill(0, frameAt(frame), frameAt(frame + 1));
    }
    writeFileSync(walOf(folder), bytes);
    assert.equal(headAfterStart(folder), batches - 2);
    rmSync(folder, { recursive: true });
  }
});

test(`a file that is cut off anywhere opens, with what is whole in it; seed ${seed}`, () => {
  const random = createRandom(seed);
  const bytes = readFileSync(walOf(sound));
  const used = frameAt(ends[batches - 1]! + 1);
  for (let i = 0; i < 40; i++) {
    const folder = killed(sound);
    const length = random.integer(0, used);
    writeFileSync(walOf(folder), bytes.subarray(0, length));
    const whole = ends.findLastIndex((end) => frameAt(end + 1) <= length);
    assert.equal(headAfterStart(folder), whole, `${length} bytes`);
    rmSync(folder, { recursive: true });
  }
});

test('frames that a transaction left which was never committed are no damage, whatever is written over some of them', () => {
  const folder = nextFolder();
  mkdirSync(folder);
  const open = (path: string): DatabaseSync => {
    const database = new DatabaseSync(databasePath(path));
    database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 0');
    return database;
  };
  const database = open(folder);
  database.exec('CREATE TABLE t (id INTEGER PRIMARY KEY, text); PRAGMA cache_size = 10; BEGIN');
  for (let i = 0; i < 200; i++) database.prepare('INSERT INTO t (text) VALUES (?)').run('x'.repeat(3000));
  const left = killed(folder);
  database.close();
  const frames = (path: string): number => (statSync(walOf(path)).size - 32) / frameBytes;
  const spilled = frames(left);
  assert.ok(spilled > 50, `${spilled} frames`);
  verifyWal(databasePath(left));
  const again = open(left);
  for (let i = 0; i < 3; i++) {
    again.prepare('INSERT INTO t (text) VALUES (?)').run('y');
    const written = killed(left);
    assert.equal(frames(written), spilled);
    verifyWal(databasePath(written));
  }
  again.close();
});

test('what is left of a life of the file before is no damage', () => {
  const folder = nextFolder();
  const opened = openFolder(folder);
  const store = new LogStore(opened.database, { idempotencyRetentionMs: 1000 });
  const { bytes: body } = textBatch('p', 'a'.repeat(1000));
  const append = (sequence: number): void => {
    const one = [{ partition: 'p', count: 1, bytes: body.length }];
    store.appendAll([{ producer: 'root', sequence, batches: one, body, requests: [] }], 0);
  };
  for (let i = 1; i <= 20; i++) append(i);
  opened.database.exec('PRAGMA wal_checkpoint(RESTART)');
  for (let i = 21; i <= 23; i++) append(i);
  const left = killed(folder);
  opened.close();
  assert.equal(headAfterStart(left), 22);
});

test('where there is no write-ahead log, or nothing in it, nothing is told', () => {
  const folder = killed(sound);
  for (const bytes of [0, 10, 32, 5000]) {
    writeFileSync(walOf(folder), new Uint8Array(bytes));
    verifyWal(databasePath(folder));
  }
  rmSync(walOf(folder));
  verifyWal(databasePath(folder));
});
