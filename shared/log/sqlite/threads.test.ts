/** The two threads of the store: every outcome reaches who asked, whatever is asked beside it, and none is lost at the end. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test, type TestContext } from 'node:test';
import { keyedBatch, textBatch, textOf } from '../batch.fixture.ts';
import type { AppendRecord } from './store.ts';
import { databasePath } from './folder.ts';
import { identityPath } from './identity.ts';
import { startThreads, type ReadOutcome, type StorageThreads } from './threads.ts';

/** Removed once every thread has ended: one may open its folder late. */
const folders: string[] = [];
after(() => {
  for (const folder of folders) rmSync(folder, { recursive: true });
});

function makeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'sheaf-threads-'));
  folders.push(folder);
  return folder;
}

const commits: { readonly appends: number; readonly tookMs: number }[] = [];

const nothing = (_place?: unknown): void => undefined;

/** Closed with the test, where it was not before. */
async function start(t: TestContext, folder: string, onMended = nothing): Promise<StorageThreads> {
  const events = { onCommit: (commit: (typeof commits)[number]) => commits.push(commit) };
  const started = { folder, idempotencyRetentionMs: 60_000 };
  const storage = await startThreads(started, { ...events, onVerified: nothing, onMended });
  let closing: Promise<void> | undefined;
  const close = (): Promise<void> => (closing ??= storage.close());
  t.after(close);
  return { ...storage, close };
}

let sequence = 0;
function record(partition: string, text: string): AppendRecord {
  const { bytes } = textBatch(partition, text);
  const batches = [{ partition, count: 1, bytes: bytes.length }];
  return { producer: 'root', sequence: ++sequence, batches, requests: [], body: bytes };
}

function keyed(partition: string, text: string): AppendRecord {
  const { batch, requests } = keyedBatch(partition, text);
  const { count, bytes } = batch;
  return {
    producer: 'root',
    sequence: ++sequence,
    batches: [{ partition, count, bytes: bytes.length }],
    requests,
    body: bytes,
  };
}

const appended = (storage: StorageThreads, what: AppendRecord): Promise<string> => {
  return new Promise((resolve) => {
    storage.append(what, (outcome) => {
      if (!outcome.ok) return resolve(outcome.error.code);
      const places = outcome.appended.map(({ partition, firstOffset }) => `${partition} ${firstOffset}`);
      resolve([...places, ...outcome.outcomes.map(({ kind }) => kind)].join(' '));
    });
  });
};

const read = (storage: StorageThreads, partition: string, from: number): Promise<string> => {
  return new Promise((resolve) => {
    storage.read({ partition, from, batchesMax: 10, bytesMax: 1e6 }, (outcome) => resolve(shown(outcome)));
  });
};

function shown(outcome: ReadOutcome): string {
  if (!outcome.ok) return outcome.error.code;
  return outcome.batches
    .map((batch) => `${batch.firstOffset}:${batch.skipped === true ? '-' : textOf(batch)}`)
    .join(' ');
}

const skipped = (storage: StorageThreads, partition: string, offset: number): Promise<string> => {
  return new Promise((resolve) => {
    storage.skip(partition, offset, (outcome) => {
      resolve(outcome.ok ? `${outcome.batch.firstOffset} to ${outcome.batch.lastOffset}` : outcome.error.code);
    });
  });
};

const trimmed = (storage: StorageThreads, partition: string, before: number): Promise<number | string> => {
  return new Promise((resolve) => {
    storage.trim(partition, before, (outcome) => resolve(outcome.ok ? outcome.earliest : outcome.error.code));
  });
};

test('startThreads: what is asked at once is answered to each, by the state at its turn', async (t) => {
  const storage = await start(t, makeFolder());
  assert.deepEqual([[...storage.facts.heads], [...storage.facts.earliest]], [[], []]);
  const first = await Promise.all(['a', 'b', 'c'].map((text) => appended(storage, record('p', text))));
  assert.deepEqual(first, ['p 0', 'p 1', 'p 2']);
  const all = await Promise.all([
    read(storage, 'p', 1),
    read(storage, 'p', 2),
    appended(storage, record('q', 'd')),
    appended(storage, keyed('q', 'k=e')),
    appended(storage, keyed('q', 'k=e')),
    skipped(storage, 'q', 0),
    skipped(storage, 'q', 77),
    trimmed(storage, 'p', 1),
    trimmed(storage, 'p', 77),
  ]);
  const written = ['q 0', 'q 1 recorded', 'repeated'];
  assert.deepEqual(all, ['1:b 2:c', '2:c', ...written, '0 to 0', 'ENTRY_NOT_FOUND', 1, 'LOG_REPLACED']);
  assert.deepEqual([await read(storage, 'q', 0), await read(storage, 'p', 0)], ['0:- 1:e', 'LOG_TRIMMED']);
});

test('startThreads: what waits when it is closed is recorded, and is there after the next start', async (t) => {
  const folder = makeFolder();
  const storage = await start(t, folder);
  const outcomes = Array.from({ length: 20 }, (_, i) => appended(storage, record('p', `${i}`)));
  const skip = skipped(storage, 'p', 3);
  await storage.close();
  assert.deepEqual(
    await Promise.all(outcomes),
    outcomes.map((_, i) => `p ${i}`),
  );
  assert.equal(await skip, '3 to 3');
  const next = await start(t, folder);
  assert.deepEqual([...next.facts.heads], [['p', 19]]);
  assert.equal(next.facts.identity, storage.facts.identity);
  assert.equal(await read(next, 'p', 17), '17:17 18:18 19:19');
});

test('startThreads: every append is of one commit, and commits are told with their time', async (t) => {
  const storage = await start(t, makeFolder());
  commits.length = 0;
  await Promise.all(Array.from({ length: 7 }, (_, i) => appended(storage, record('p', `${i}`))));
  await storage.close();
  assert.equal(
    commits.reduce((sum, { appends }) => sum + appends, 0),
    7,
  );
  for (const { tookMs } of commits) assert.ok(tookMs > 0, `${tookMs}`);
});

test('startThreads: what was damaged and made again is told', async (t) => {
  const folder = makeFolder();
  const first = await start(t, folder);
  await first.close();
  const copy = identityPath(databasePath(folder));
  rmSync(copy);
  const mended: unknown[] = [];
  const next = await start(t, folder, (place) => mended.push(place));
  await next.close();
  assert.deepEqual([mended, next.facts.identity], [[copy], first.facts.identity]);
});

// Each row: a folder that cannot be opened, the code.
const refused: [name: string, spoil: (t: TestContext, folder: string) => Promise<void> | void, code: string][] = [
  ['that another has open', async (t, folder) => void (await start(t, folder)), 'DATA_IN_USE'],
  [
    'that holds something else',
    (_t, folder) => writeFileSync(databasePath(folder), 'not a database, but as long as one'.repeat(100)),
    'DATA_CORRUPT',
  ],
];
for (const [name, spoil, code] of refused) {
  test(`startThreads: a folder ${name} is refused with ${code}`, async (t) => {
    const folder = makeFolder();
    await spoil(t, folder);
    await assert.rejects(start(t, folder), { code });
  });
}
