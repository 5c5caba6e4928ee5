/** What a leaf that starts does to the disk for each replica it has: nothing but reading what the manifest names. */
import assert from 'node:assert/strict';
import fs, { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { BatchWriter } from '../../shared/log/batch.ts';
import { leafKinds } from '../kinds/leaf-kinds.ts';
import { IndexingLoop } from './indexing-loop.ts';
import type { FromIndexing, ToIndexing } from './messages.ts';

const replicas = 20;
const fields = [{ name: 'n', path: 'n', kind: 'integer' }] as const;
const indexId = 'index';

/** The loop of an indexing thread that is started over a folder, with its time in the hands of the test. */
class Thread {
  readonly posted: FromIndexing[] = [];
  now = 0;
  private again: number | null = null;
  private readonly loop: IndexingLoop;

  constructor(folder: string) {
    this.loop = new IndexingLoop(
      {
        kinds: leafKinds,
        clock: { now: () => this.now },
        post: (message) => this.posted.push(message),
        callAgain: (afterMs) => (this.again = afterMs),
      },
      { folder, refreshMs: 1, commitMs: 1 },
    );
  }

  openAll(): void {
    for (let shard = 0; shard < replicas; shard++) {
      this.receive({
        kind: 'open',
        replica: shard + 1,
        indexId,
        shard,
        index: { kind: 'document', shards: replicas },
        fields,
      });
    }
  }

  receive(message: ToIndexing): void {
    this.loop.receive(message);
  }

  /** Until it waits for messages. */
  work(): void {
    while (this.again !== null) {
      this.now += this.again;
      this.again = null;
      this.loop.work();
    }
  }
}

const counted = ['openSync', 'readFileSync', 'readdirSync', 'writeSync', 'fsyncSync', 'renameSync', 'rmSync'] as const;

/** Counts calls of the file system until the test ends. */
function countCalls(t: TestContext): () => Record<string, number> {
  const mocks = counted.map((name) => [name, t.mock.method(fs, name)] as const);
  syncBuiltinESMExports();
  t.after(() => {
    t.mock.restoreAll();
    syncBuiltinESMExports();
  });
  return () => Object.fromEntries(mocks.map(([name, { mock }]) => [name, mock.callCount()]));
}

/** Replicas of a segment each, on disk and complete. */
function fill(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'sheaf-start-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const thread = new Thread(folder);
  thread.openAll();
  for (let replica = 1; replica <= replicas; replica++) {
    const writer = new BatchWriter(-1);
    writer.add('put', `k${replica}`, Buffer.from(`{"n":${replica}}`));
    thread.receive({ kind: 'batches', batches: [{ replica, firstOffset: 0, count: 1, bytes: writer.finish() }] });
    thread.receive({ kind: 'complete', replica });
  }
  thread.receive({ kind: 'stop' });
  return folder;
}

const nothing = { openSync: 0, readFileSync: 0, readdirSync: 0, writeSync: 0, fsyncSync: 0, renameSync: 0, rmSync: 0 };

test('IndexingLoop: a replica is opened by reading its manifest and its segments, and writes nothing', (t) => {
  const folder = fill(t);
  const calls = countCalls(t);
  const thread = new Thread(folder);
  thread.openAll();
  const opened = thread.posted.filter((message) => message.kind === 'opened' && message.complete);
  assert.equal(opened.length, replicas);
  const atOpening = { ...nothing, openSync: replicas, readFileSync: replicas };
  assert.deepEqual(calls(), atOpening);
  for (let replica = 1; replica <= replicas; replica++) thread.receive({ kind: 'complete', replica });
  thread.work();
  // Each folder is looked through once, when nobody waits.
  assert.deepEqual(calls(), { ...atOpening, readdirSync: replicas });
});

test('IndexingLoop: what a killed process left is deleted once there is nothing else to do, and what the manifest names is not', (t) => {
  const folder = fill(t);
  const left = ['7.segment', 'manifest.json.tmp'].map((name) => join(folder, indexId, '3', name));
  for (const path of left) writeFileSync(path, 'half of it');
  const thread = new Thread(folder);
  thread.openAll();
  assert.deepEqual(left.map(existsSync), [true, true]);
  thread.work();
  assert.deepEqual(left.map(existsSync), [false, false]);
  const names = readdirSync(join(folder, indexId, '3'));
  assert.deepEqual(names.length, 2);
  const again = new Thread(folder);
  again.openAll();
  assert.equal(again.posted.filter((message) => message.kind === 'opened' && message.healed === null).length, replicas);
});
