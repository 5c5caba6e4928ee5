/** Whether a reader finds that batches are missing. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { textBatch } from '../batch.fixture.ts';
import { openFolder } from './folder.ts';
import { LogReader } from './read.ts';
import { LogStore } from './store.ts';
import { Trims } from './trims.ts';

const gone = 'LOG_CORRUPT';

// Each row: which batches of 0-2, 3-4 and 5-5 are gone, below which offset the log was trimmed, from where is read, how many batches at once, and the
// first offsets of what is read.
const rows: [gone: number[], trimmed: number, from: number, batchesMax: number, read: string][] = [
  [[], 0, 0, 9, '0 3 5'],
  [[], 0, 1, 9, '0 3 5'],
  [[], 0, 3, 9, '3 5'],
  [[], 0, 6, 9, ''],
  [[0], 0, 0, 9, gone],
  [[0], 0, 2, 9, gone],
  [[0], 0, 3, 9, '3 5'],
  [[0], 3, 3, 9, '3 5'],
  [[0], 3, 2, 9, 'LOG_TRIMMED'],
  [[3], 0, 0, 9, gone],
  [[3], 0, 0, 1, '0'],
  [[3], 0, 3, 1, gone],
  [[3], 0, 4, 9, gone],
  [[3], 0, 5, 9, '5'],
  [[5], 0, 0, 9, '0 3'],
  [[5], 0, 5, 9, gone],
  [[0, 3, 5], 0, 0, 9, gone],
  [[0, 3, 5], 6, 6, 9, ''],
];
for (const [deleted, trimmed, from, batchesMax, expected] of rows) {
  const name = `without ${deleted.join() || 'none'}, trimmed below ${trimmed}, ${batchesMax} from ${from}`;
  test(`LogReader: ${name}: ${expected || 'nothing'}`, (t) => {
    const folder = mkdtempSync(join(tmpdir(), 'sheaf-read-'));
    const opened = openFolder(folder);
    t.after(() => {
      opened.close();
      rmSync(folder, { recursive: true });
    });
    const store = new LogStore(opened.database, { idempotencyRetentionMs: 1000 });
    for (const [i, count] of [3, 2, 1].entries()) {
      const { bytes: body } = textBatch('p', 'a', count);
      const batches = [{ partition: 'p', count, bytes: body.length }];
      store.appendAll([{ producer: 'root', sequence: i + 1, batches, body, requests: [] }], 0);
    }
    if (trimmed > 0) new Trims(opened.database).trim('p', trimmed);
    for (const first of deleted) opened.database.exec(`DELETE FROM batches WHERE first_offset = ${first}`);
    const read = (): string =>
      new LogReader(opened.database)
        .read({ partition: 'p', from, batchesMax, bytesMax: 1e6 })
        .map(({ firstOffset }) => firstOffset)
        .join(' ');
    if (/^[A-Z]/.test(expected)) assert.throws(read, { code: expected });
    else assert.equal(read(), expected);
  });
}
