import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, suite, test } from 'node:test';
import { appendsRememberedMax } from '../wire.ts';
import type { AppendBatch } from '../append-batch.ts';
import { keyedBatch, textBatch, textOf } from '../batch.fixture.ts';
import { openFolder, type OpenFolder } from './folder.ts';
import { withDeletionFault, type DeletionFault } from './full-disk.fixture.ts';
import { LogReader } from './read.ts';
import { Requests } from './requests.ts';
import { LogStore, type AppendOutcome, type AppendRecord } from './store.ts';

const dayMs = 24 * 60 * 60 * 1000;

function record(sequence: number, texts: Readonly<Record<string, string>>, producer = 'root'): AppendRecord {
  const batches = Object.entries(texts).map(([partition, text]) => textBatch(partition, text, text.length));
  return recordOf(producer, sequence, batches);
}

function recordOf(
  producer: string,
  sequence: number,
  batches: readonly AppendBatch[],
  requests: AppendRecord['requests'] = [],
): AppendRecord {
  const pieces = batches.map(({ partition, count, bytes }) => ({ partition, count, bytes: bytes.length }));
  return { producer, sequence, batches: pieces, requests, body: Buffer.concat(batches.map(({ bytes }) => bytes)) };
}

/** `p 0-2, q 0-0` for what was recorded now, with `again` before what had been, else the error's code. */
function show(outcome: AppendOutcome | undefined): string {
  if (outcome === undefined || !outcome.ok) return outcome?.error.code ?? 'no outcome';
  const spans = outcome.appended.map((span) => `${span.partition} ${span.firstOffset}-${span.lastOffset}`).join(', ');
  return outcome.repeated ? `again ${spans}` : spans;
}

suite('LogStore', () => {
  let folder: string;
  let opened: OpenFolder;
  let store: LogStore;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'sheaf-store-'));
    open();
  });
  afterEach(() => {
    opened.close();
    rmSync(folder, { recursive: true });
  });
  function open(): void {
    opened = openFolder(folder);
    store = new LogStore(opened.database, { idempotencyRetentionMs: 1000, lostRequests: opened.lostRequests });
  }
  function append(...records: AppendRecord[]): string[] {
    return store.appendAll(records, 0).map(show);
  }
  function read(partition: string, from: number, batchesMax = 100, bytesMax = 1_000_000): string {
    const batches = new LogReader(opened.database).read({ partition, from, batchesMax, bytesMax });
    return batches.map((batch) => `${batch.firstOffset}:${textOf(batch)}`).join(' ');
  }

  test('appendAll: offsets go on in each partition, over transactions and restarts', () => {
    assert.deepEqual(append(record(1, { p: 'abc', q: 'x' }), record(2, { p: 'de' })), ['p 0-2, q 0-0', 'p 3-4']);
    opened.close();
    open();
    assert.deepEqual(append(record(3, { q: 'yz', p: 'f' })), ['q 1-2, p 5-5']);
    assert.deepEqual(Object.fromEntries(store.heads()), { p: 5, q: 2 });
  });

  /** An append of one entry under a key. */
  function keyedRecord(sequence: number, key: string, digest = 'd'): AppendRecord {
    const { batch, requests } = keyedBatch('p', `${key}=x`);
    return recordOf(
      'root',
      sequence,
      [batch],
      requests.map((request) => ({ ...request, digest })),
    );
  }
  function outcomeAt(nowMs: number, asked: AppendRecord): string {
    const [outcome] = store.appendAll([asked], nowMs);
    return outcome?.ok === true ? outcome.outcomes.map(({ kind }) => kind).join() : show(outcome);
  }

  test('appendAll: keys are remembered over restarts, for as long as was said and no longer', () => {
    const rows: [nowMs: number, key: string, digest: string, expected: string][] = [
      [0, 'k', 'd', 'recorded'],
      [900, 'k', 'd', 'repeated'],
      [1000, 'k', 'd', 'repeated'],
      [1000, 'k', 'e', 'conflict'],
      [1001, 'k', 'e', 'recorded'],
      [2001, 'k', 'd', 'conflict'],
    ];
    for (const [index, [nowMs, key, digest, expected]] of rows.entries()) {
      assert.equal(outcomeAt(nowMs, keyedRecord(index, key, digest)), expected, `row ${index}`);
      opened.close();
      open();
    }
    assert.equal(read('p', 0), '0:x 1:x');
  });

  test('appendAll: an append with keys that is sent again gets its outcomes again', () => {
    const first = keyedRecord(1, 'k');
    const [once] = store.appendAll([first], 0);
    const [again] = store.appendAll([first], 0);
    assert.deepEqual(again, { ...once, repeated: true });
  });

  // Each row: a table, how a row of it was damaged, and what is appended then.
  const damagedRows: [table: string, sql: string, append: () => string][] = [
    ['requests', "UPDATE requests SET answer = '[[]'", () => outcomeAt(0, keyedRecord(2, 'k'))],
    ['requests', "UPDATE requests SET digest = 'e'", () => outcomeAt(0, keyedRecord(2, 'k'))],
    ['requests', 'UPDATE requests SET recorded_ms = -9000', () => outcomeAt(0, keyedRecord(2, 'k'))],
    ['requests', "UPDATE requests SET key = 'l'", () => outcomeAt(0, keyedRecord(2, 'k'))],
    ['appends', "UPDATE appends SET appended = '{'", () => outcomeAt(0, keyedRecord(1, 'k'))],
    ['producers', 'UPDATE producers SET seen_ms = 7', () => outcomeAt(0, keyedRecord(2, 'l'))],
    ['partitions', 'UPDATE partitions SET head = 0 - head - 1', () => append(record(2, { p: 'x' }, 'other'))[0]!],
  ];
  for (const [table, sql, act] of damagedRows) {
    test(`appendAll: ${sql} is LOG_CORRUPT for what needs the row of ${table}, and nothing else`, () => {
      outcomeAt(0, keyedRecord(1, 'k'));
      store = new LogStore(opened.database, { idempotencyRetentionMs: 1000 });
      opened.database.exec(sql);
      assert.equal(act(), 'LOG_CORRUPT');
      assert.deepEqual(append(record(1, { q: 'abc' }, 'another')), ['q 0-2']);
      assert.equal(read('p', 0), '0:x');
    });
  }

  // Each row: how the rows of k1 to k3 were damaged while the log was away, and what repeats and a new key then are.
  const awayRows: [sql: string, k1: string, k2: string, k3: string, other: string][] = [
    ['SELECT 1', 'repeated', 'repeated', 'repeated', 'recorded'],
    ["UPDATE requests SET key = 'a' WHERE id = 2", 'repeated', 'LOG_CORRUPT', 'repeated', 'recorded'],
    ["UPDATE requests SET key = 'z' WHERE id = 2", 'repeated', 'LOG_CORRUPT', 'repeated', 'recorded'],
    ["UPDATE requests SET key = 'k3' WHERE id = 2", 'repeated', 'LOG_CORRUPT', 'LOG_CORRUPT', 'recorded'],
    ["UPDATE requests SET digest = 'e' WHERE id = 2", 'repeated', 'LOG_CORRUPT', 'repeated', 'recorded'],
    ['UPDATE requests SET seal = 0 WHERE id = 2', 'repeated', 'repeated', 'repeated', 'recorded'],
  ];
  for (const [sql, ...expected] of awayRows) {
    test(`appendAll: after ${sql} and a start, k1, k2, k3 and a new key are ${expected.join(', ')}`, () => {
      for (const i of [1, 2, 3]) outcomeAt(0, keyedRecord(i, `k${i}`));
      opened.database.exec(sql);
      opened.close();
      open();
      const outcomes = ['k1', 'k2', 'k3', 'y'].map((key, i) => outcomeAt(0, keyedRecord(10 + i, key)));
      assert.deepEqual(outcomes, expected);
    });
  }

  test('appendAll: what was remembered under a damaged number is refused when it is sent again', () => {
    append(record(1, { p: 'a' }), record(2, { p: 'b' }), record(3, { p: 'c' }));
    opened.database.exec('UPDATE appends SET sequence = 9 WHERE sequence = 2');
    assert.deepEqual(append(record(2, { p: 'b' }), record(3, { p: 'c' })), ['LOG_UNAVAILABLE', 'again p 2-2']);
    assert.equal(read('p', 0), '0:a 1:b 2:c');
  });

  // Each row: how one time of ten, 0 to 900, was damaged, and what newestMs says then.
  const times: [sql: string, newestMs: number][] = [
    ['SELECT 1', 900],
    ['UPDATE requests SET recorded_ms = 4000000000000 WHERE id = 3', 900],
    ['UPDATE requests SET recorded_ms = 4000000000000 WHERE id = 10', 900],
    ['UPDATE requests SET recorded_ms = 4000000000000', 900],
    ['UPDATE producers SET seen_ms = 4000000000000', 900],
    ['UPDATE producers SET seen_ms = 0; UPDATE requests SET recorded_ms = 0 WHERE id > 7', 600],
  ];
  for (const [sql, newestMs] of times) {
    test(`newestMs: ${sql}: no damaged time is believed`, () => {
      for (let i = 0; i < 10; i++) outcomeAt(i * 100, keyedRecord(i + 1, `k${i}`));
      opened.database.exec(sql);
      assert.equal(store.newestMs(), newestMs);
    });
  }

  // Each row: which times of ten, 0 to 900, were damaged to what, and which ids are left when 0 to 400 are past.
  const forgettings: [where: string, recordedMs: number, left: string][] = [
    ['id = 99', 0, '6 7 8 9 10'],
    ['id = 1', 4_000_000_000_000, '6 7 8 9 10'],
    ['id <= 3', 4_000_000_000_000, '6 7 8 9 10'],
    ['id = 3', 4_000_000_000_000, '6 7 8 9 10'],
    ['id = 5', 4_000_000_000_000, '5 6 7 8 9 10'],
    ['id = 6', -9000, '6 7 8 9 10'],
    ['id = 10', -9000, '6 7 8 9 10'],
    ['id > 0', -9000, '1 2 3 4 5 6 7 8 9 10'],
  ];
  for (const [where, recordedMs, left] of forgettings) {
    test(`forgetRequests: times of ${where} damaged to ${recordedMs}: leaves ${left}`, () => {
      for (let i = 0; i < 10; i++) outcomeAt(i * 100, keyedRecord(i + 1, `k${i}`));
      opened.database.exec(`UPDATE requests SET recorded_ms = ${recordedMs} WHERE ${where}`);
      store.forgetRequests(1450);
      store.forgetRequests(1450);
      const ids = opened.database.prepare('SELECT id FROM requests ORDER BY id').all();
      assert.equal(ids.map(({ id }) => id).join(' '), left);
    });
  }

  test('forgetProducers: one whose time is damaged is not forgotten early', () => {
    append(record(1, { p: 'a' }, 'old'));
    opened.database.exec('UPDATE producers SET seen_ms = -90000000000');
    store.forgetProducers(1);
    assert.deepEqual(append(record(1, { p: 'a' }, 'old')), ['LOG_CORRUPT']);
  });

  test('forgetRequests: of many, a part at a time', () => {
    opened.database.exec('BEGIN');
    const keys = [...Array(25_000).keys()];
    const requests = new Requests(opened.database, 1000, new Set());
    for (const i of keys) requests.remember([{ key: `k${i}`, digest: 'd', ranges: [] }], [], i);
    opened.database.exec('COMMIT');
    const count = (): unknown => opened.database.prepare('SELECT count(*) AS count FROM requests').get()?.['count'];
    const counts = [1, 2, 3, 4].map(() => (store.forgetRequests(24_000), count()));
    assert.deepEqual(counts, [15_000, 5000, 2000, 2000]);
  });

  test('forgetRequests: forgets what is past its time and nothing else', () => {
    const count = (): unknown => opened.database.prepare('SELECT count(*) AS count FROM requests').get()?.['count'];
    for (let i = 0; i < 10; i++) outcomeAt(i * 100, keyedRecord(i, `k${i}`));
    store.forgetRequests(1000);
    assert.equal(count(), 10);
    store.forgetRequests(1450);
    assert.equal(count(), 5);
    assert.equal(outcomeAt(1450, keyedRecord(10, 'k5')), 'repeated');
    store.forgetRequests(9000);
    assert.equal(count(), 0);
  });

  test('appendAll: a repeat gets the first answer, in the same transaction and after a restart', () => {
    const first = record(1, { p: 'abc' });
    assert.deepEqual(append(first, first, record(1, { p: 'abc' }, 'other')), ['p 0-2', 'again p 0-2', 'p 3-5']);
    opened.close();
    open();
    assert.deepEqual(append(first), ['again p 0-2']);
    assert.equal(read('p', 0), '0:abc 3:abc');
  });

  test('appendAll: what is too old to be remembered is refused, not recorded twice', () => {
    append(record(1, { p: 'a' }), record(2, { p: 'b' }), record(1 + appendsRememberedMax, { p: 'c' }));
    assert.deepEqual(append(record(1, { p: 'a' }), record(2, { p: 'b' })), ['LOG_UNAVAILABLE', 'again p 1-1']);
    const { count } = opened.database.prepare('SELECT count(*) AS count FROM appends').get() as { count: number };
    assert.equal(count, 2);
  });

  test('appendAll: a full disk records none of the transaction, keeps what was, and heals', () => {
    append(record(1, { p: 'kept' }));
    const pages = Number(opened.database.prepare('PRAGMA page_count').get()?.['page_count']);
    opened.database.exec(`PRAGMA max_page_count = ${pages}`);
    const large = record(3, { p: 'x'.repeat(100_000) });
    assert.deepEqual(append(record(2, { p: 'small' }), large), ['LOG_FULL', 'LOG_FULL']);
    assert.equal(read('p', 0), '0:kept');
    opened.database.exec('PRAGMA max_page_count = 1000000');
    assert.deepEqual(append(record(2, { p: 'small' }), large), ['p 4-8', 'p 9-100008']);
  });

  test('forgetProducers: only those not heard of for a day', () => {
    store.appendAll([record(1, { p: 'a' }, 'old')], 0);
    store.appendAll([record(1, { p: 'b' }, 'new')], dayMs);
    store.forgetProducers(dayMs + 1);
    assert.deepEqual(append(record(1, { p: 'a' }, 'old'), record(1, { p: 'b' }, 'new')), ['p 2-2', 'again p 1-1']);
  });

  // Of both the time is over.
  for (const [what, forget] of [
    ['forgetRequests', (of: LogStore) => of.forgetRequests(2 * dayMs)],
    ['forgetProducers', (of: LogStore) => of.forgetProducers(2 * dayMs)],
  ] as const) {
    const left = (): number => {
      const table = what === 'forgetRequests' ? 'requests' : 'producers';
      return Number(opened.database.prepare(`SELECT count(*) AS count FROM ${table}`).get()?.['count']);
    };

    test(`${what}: on a full disk it is left for later, and nothing ends`, () => {
      const fault: DeletionFault = { errcode: null };
      store = new LogStore(withDeletionFault(opened.database, fault), { idempotencyRetentionMs: 1000 });
      outcomeAt(0, keyedRecord(1, 'k'));
      fault.errcode = 13;
      forget(store);
      forget(store);
      assert.deepEqual([left(), opened.database.isTransaction], [1, false]);
      assert.deepEqual(append(record(1, { q: 'a' }, 'other')), ['LOG_FULL']);
      fault.errcode = null;
      forget(store);
      assert.equal(left(), 0);
      assert.deepEqual(append(record(1, { q: 'a' }, 'other')), ['q 0-0']);
    });

    test(`${what}: a disk that fails otherwise ends the process, with no transaction begun`, () => {
      const fault: DeletionFault = { errcode: null };
      store = new LogStore(withDeletionFault(opened.database, fault), { idempotencyRetentionMs: 1000 });
      outcomeAt(0, keyedRecord(1, 'k'));
      fault.errcode = 10;
      assert.throws(() => forget(store), /a fault of SQLite, 10/);
      assert.equal(opened.database.isTransaction, false);
    });
  }

  // Each row: from, batchesMax, bytesMax, what is read of 0:aaa 3:bb 5:c 6:dddd.
  const reads: [from: number, batchesMax: number, bytesMax: number, expected: string][] = [
    [0, 9, 1000, '0:aaa 3:bb 5:c 6:dddd'],
    [0, 2, 1000, '0:aaa 3:bb'],
    [0, 9, 41, '0:aaa 3:bb'],
    [0, 9, 1, '0:aaa'],
    [2, 1, 1000, '0:aaa'],
    [3, 1, 1000, '3:bb'],
    [4, 2, 1000, '3:bb 5:c'],
    [9, 9, 1000, '6:dddd'],
    [10, 9, 1000, ''],
  ];
  for (const [from, batchesMax, bytesMax, expected] of reads) {
    test(`read: from ${from}, at most ${batchesMax} batches, ${bytesMax} bytes`, () => {
      append(
        record(1, { p: 'aaa' }),
        record(2, { p: 'bb', other: 'zz' }),
        record(3, { p: 'c' }),
        record(4, { p: 'dddd' }),
      );
      assert.equal(read('p', from, batchesMax, bytesMax), expected);
    });
  }

  test('read: a partition that is not there is empty', () => {
    assert.equal(read('none', 0), '');
  });

  // Each row: what was changed of the partition p, how, and the partition that is read then.
  const damages: [what: string, sql: string, partition: string][] = [
    ['a byte', "UPDATE batches SET bytes = CAST('abX' AS BLOB)", 'p'],
    ['the place', 'UPDATE batches SET first_offset = 1, last_offset = 3', 'p'],
    ['the length', 'UPDATE batches SET last_offset = 3', 'p'],
    ['the partition', "UPDATE partitions SET name = 'q'", 'q'],
  ];
  for (const [what, sql, partition] of damages) {
    test(`read: ${what} changed is LOG_CORRUPT`, () => {
      append(record(1, { p: 'abc' }));
      opened.database.exec(sql);
      assert.throws(() => read(partition, 0), { code: 'LOG_CORRUPT' });
    });
  }
});
