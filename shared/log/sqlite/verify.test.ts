/** What the proof of a log says of each kind of damage: where it is, and nothing else. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { SheafError } from '../../errors.ts';
import { textBatch } from '../batch.fixture.ts';
import { openFolder } from './folder.ts';
import { LogStore } from './store.ts';
import { Trims } from './trims.ts';
import { verifyBatches, verifyRows } from './verify.ts';

const missing = 'entries are missing';

// Each row: what is done to a log of p 0:aaa 3:bb 5:c and q 0:d, and the damage that is told; null where all is well.
const rows: [name: string, sql: string, trimBefore: number, detail: object | null][] = [
  ['nothing', 'SELECT 1', 0, null],
  ['the first batches trimmed', 'SELECT 1', 5, null],
  ['the first batches trimmed and deleted', 'DELETE FROM batches WHERE partition = 1 AND first_offset < 5', 5, null],
  ['all of a partition trimmed and deleted', 'DELETE FROM batches WHERE partition = 1', 6, null],
  [
    'the bytes of a batch',
    "UPDATE batches SET bytes = x'00' WHERE partition = 1 AND first_offset = 3",
    0,
    { partition: 'p', firstOffset: 3, lastOffset: 4, reason: 'checksum' },
  ],
  [
    'the checksum of a batch',
    'UPDATE batches SET checksum = checksum + 1 WHERE partition = 2',
    0,
    { partition: 'q', firstOffset: 0, lastOffset: 0, reason: 'checksum' },
  ],
  [
    'a batch in the middle is gone',
    'DELETE FROM batches WHERE partition = 1 AND first_offset = 3',
    0,
    { partition: 'p', firstOffset: 3, lastOffset: 4, reason: missing },
  ],
  [
    'the first is gone, and was not trimmed',
    'DELETE FROM batches WHERE partition = 1 AND first_offset = 0',
    0,
    { partition: 'p', firstOffset: 0, lastOffset: 2, reason: missing },
  ],
  [
    'the last is gone',
    'DELETE FROM batches WHERE partition = 1 AND first_offset = 5',
    0,
    { partition: 'p', firstOffset: 5, lastOffset: 5, reason: missing },
  ],
  [
    'the head of a partition',
    'UPDATE partitions SET head = 9 WHERE id = 2',
    0,
    { table: 'partitions', partition: 'q', reason: 'checksum' },
  ],
  [
    'a skip without its checksum',
    'INSERT INTO skips VALUES (1, 3, 0)',
    0,
    { table: 'skips', partition: 1, firstOffset: 3, reason: 'checksum' },
  ],
  [
    'what was trimmed',
    'UPDATE trims SET earliest = 5',
    3,
    { table: 'trims', partition: 1, earliest: 5, reason: 'checksum' },
  ],
];
for (const [name, sql, trimBefore, expected] of rows) {
  test(`verifyRows, verifyBatches: ${name}`, (t) => {
    const folder = mkdtempSync(join(tmpdir(), 'sheaf-verify-'));
    const opened = openFolder(folder);
    const { database } = opened;
    t.after(() => {
      opened.close();
      rmSync(folder, { recursive: true });
    });
    const store = new LogStore(database, { idempotencyRetentionMs: 1000 });
    for (const [i, [partition, text]] of [['p', 'aaa'] as const, ['p', 'bb'], ['p', 'c'], ['q', 'd']].entries()) {
      const { bytes } = textBatch(partition, text, text.length);
      const batches = [{ partition, count: text.length, bytes: bytes.length }];
      store.appendAll([{ producer: 'root', sequence: i + 1, batches, requests: [], body: bytes }], 0);
    }
    if (trimBefore > 0) assert.ok(new Trims(database).trim('p', trimBefore).ok);
    database.exec(sql);
    let told: unknown = null;
    try {
      verifyRows(database, 'the path');
      verifyBatches(database, 'the path', { proved: 'nothing', onVerified: () => undefined });
    } catch (error) {
      assert.ok(error instanceof SheafError, String(error));
      assert.equal(error.code, 'DATA_CORRUPT');
      told = error.detail;
    }
    assert.deepEqual(told, expected === null ? null : { path: 'the path', ...expected });
  });
}
