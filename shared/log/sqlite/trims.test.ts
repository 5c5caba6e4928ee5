import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, suite, test } from 'node:test';
import type { AppendBatch } from '../append-batch.ts';
import { textBatch, textOf } from '../batch.fixture.ts';
import { databasePath, openFolder, type OpenFolder } from './folder.ts';
import { LogReader } from './read.ts';
import { LogStore } from './store.ts';
import { Sweeper } from './sweeper.ts';
import { Trims } from './trims.ts';

suite('Trims', () => {
  let folder: string;
  let opened: OpenFolder;
  let sequence = 0;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'sheaf-trims-'));
    opened = openFolder(folder);
  });
  afterEach(() => {
    opened.close();
    rmSync(folder, { recursive: true });
  });

  /** An entry for each letter. */
  function append(...texts: string[]): void {
    for (const text of texts) appendBatch(textBatch('p', text, text.length), 1);
  }
  function appendBatch({ partition, count: entries, bytes }: AppendBatch, times: number): void {
    const store = new LogStore(opened.database, { idempotencyRetentionMs: 1000 });
    const batches = [{ partition, count: entries, bytes: bytes.length }];
    for (let time = 0; time < times; time++) {
      store.appendAll([{ producer: 'root', sequence: ++sequence, batches, requests: [], body: bytes }], 0);
    }
  }
  function trim(before: number): number | string {
    const outcome = new Trims(opened.database).trim('p', before);
    return outcome.ok ? outcome.earliest : outcome.error.code;
  }
  function read(from: number): string {
    const batches = new LogReader(opened.database).read({ partition: 'p', from, batchesMax: 100, bytesMax: 1e6 });
    return batches.map((batch) => `${batch.firstOffset}:${textOf(batch)}`).join(' ');
  }
  function count(table: string): unknown {
    return opened.database.prepare(`SELECT count(*) AS count FROM ${table}`).get()?.['count'];
  }
  function reopen(): void {
    opened.close();
    opened = openFolder(folder);
  }

  // Each row: a trim of 0:aaa 3:bb 5:c, the earliest offset after it.
  const rows: [before: number, earliest: number | string][] = [
    [0, 0],
    [2, 0],
    [3, 3],
    [4, 3],
    [5, 5],
    [6, 6],
    [7, 'LOG_REPLACED'],
  ];
  for (const [before, earliest] of rows) {
    test(`trim: before ${before}`, () => {
      append('aaa', 'bb', 'c');
      assert.equal(trim(before), earliest);
    });
  }

  test('trim: what it let go of is not read before it is deleted, nor after, nor after a restart in between', () => {
    append('aaa', 'bb', 'c');
    trim(4);
    for (let time = 0; time < 3; time++) {
      assert.equal(read(3), '3:bb 5:c');
      assert.throws(() => read(2), { code: 'LOG_TRIMMED' });
      assert.equal(count('batches'), time < 2 ? 3 : 2);
      assert.deepEqual(new Trims(opened.database).earliest(), [['p', 3]]);
      if (time === 1) new Sweeper(opened.database).sweep();
      else reopen();
    }
  });

  test('trim: a partition that was emptied goes on at its head, over restarts', () => {
    append('aaa', 'bb');
    trim(5);
    while (new Sweeper(opened.database).sweep());
    assert.equal(count('batches'), 0);
    reopen();
    append('c');
    assert.equal(read(5), '5:c');
    reopen();
    assert.equal(read(5), '5:c');
  });

  test('trim: a damaged row is LOG_CORRUPT for a trim and for a read', () => {
    append('aaa', 'bb');
    trim(3);
    opened.database.exec('UPDATE trims SET earliest = 5');
    assert.equal(trim(5), 'LOG_CORRUPT');
    assert.throws(() => read(3), { code: 'LOG_CORRUPT' });
    opened.database.exec('DELETE FROM trims');
  });

  test('sweep: pages are used again, and what is beyond the spare ones is given back', () => {
    // More than there are spare pages for.
    const batch = textBatch('p', 'x'.repeat(1_000_000));
    const batchCount = 60;
    const freePages = (): number =>
      opened.database.prepare('PRAGMA freelist_count').get()?.['freelist_count'] as number;
    const fileBytes = (): number => {
      opened.database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
      return statSync(databasePath(folder)).size;
    };
    append('a');
    const sweeper = new Sweeper(opened.database);
    appendBatch(batch, batchCount);
    const full = fileBytes();
    trim(1 + batchCount);
    let lots = 0;
    let freeMost = 0;
    for (; sweeper.sweep(); lots++) freeMost = Math.max(freeMost, freePages());
    assert.ok(lots > 10, `${lots} lots`);
    // The spare ones, and those of one lot.
    assert.ok(freeMost <= 3 * 4096, `${freeMost} pages were free at once`);
    assert.ok(freePages() <= 4096, `${freePages()} pages are free`);
    assert.ok(fileBytes() < full / 3, `${fileBytes()} of ${full} bytes`);
    const spare = freePages();
    appendBatch(batch, 1);
    assert.ok(freePages() < spare, 'free pages were not used');
    reopen();
    assert.ok(read(1 + batchCount).length > 1_000_000);
  });

  test('sweep: of a file that gives no page back, what was trimmed is deleted all the same', () => {
    opened.database.exec('PRAGMA auto_vacuum = NONE');
    opened.database.exec('VACUUM');
    append('a');
    appendBatch(textBatch('p', 'x'.repeat(1_000_000)), 60);
    trim(60);
    const sweeper = new Sweeper(opened.database);
    let lots = 0;
    while (lots < 100 && sweeper.sweep()) lots++;
    assert.ok(lots < 100, 'it goes on for ever');
    assert.equal(count('batches'), 1);
  });

  test('sweep: skips of what was trimmed go with it', () => {
    append('aaa', 'bb');
    opened.database.exec('INSERT INTO skips VALUES (1, 0, 0), (1, 3, 0)');
    trim(3);
    new Sweeper(opened.database).sweep();
    assert.equal(count('skips'), 1);
    opened.database.exec('DELETE FROM skips');
  });
});
