import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { BatchWriter, emptyBatch } from '../../shared/log/batch.ts';
import { documentEngine } from './document-engine.ts';
import type { OffsetBatch } from './pending.ts';
import { openSegment } from '../segment/open.ts';
import { readReplica } from './replica-files.ts';
import { ReplicaWriter } from './replica-writer.ts';

const folder = mkdtempSync(join(tmpdir(), 'sheaf-still-'));
after(() => rmSync(folder, { recursive: true }));

const kinds: Readonly<Record<string, () => Uint8Array>> = {
  good: () => put('{"n":1}'),
  'no JSON': () => put('abcd'),
  'no batch': () => Buffer.from('abcd'),
  skipped: emptyBatch,
};

function put(text: string): Uint8Array {
  const writer = new BatchWriter(-1);
  writer.add('put', text, Buffer.from(text));
  return writer.finish();
}

function batchAt(firstOffset: number, kind: string): OffsetBatch {
  const batch = { firstOffset, count: 1, bytes: kinds[kind]!() };
  return kind === 'skipped' ? { ...batch, skipped: true } : batch;
}

function open() {
  return new ReplicaWriter({
    engine: documentEngine,
    replica: 1,
    place: { folder, indexId: 'x0', shard: 0, kind: 'document' },
    fields: [{ name: 'n', path: 'n', kind: 'integer' }],
    found: null,
  });
}

// Each row: the batches that come between two refreshes, up to where it is searchable, and before what it stands.
const rows: [batches: string[], offset: number, stopped: number | null][] = [
  [['good', 'good'], 1, null],
  [['no JSON'], -1, 0],
  [['no batch'], -1, 0],
  [['good', 'no JSON', 'good'], 0, 1],
  [['good', 'no batch', 'good'], 0, 1],
  [['good', 'no JSON', 'no batch'], 0, 1],
  [['good', 'skipped', 'good'], 2, null],
];
for (const [batches, offset, stopped] of rows) {
  test(`ReplicaWriter: ${batches.join(', ')}: searchable up to ${offset}, stands before ${stopped}`, () => {
    const writer = open();
    batches.forEach((kind, at) => writer.take(batchAt(at, kind), 0));
    writer.refresh(0);
    assert.deepEqual([writer.offset, writer.stopped?.offset ?? null], [offset, stopped]);
    if (stopped === null) return;
    assert.equal(writer.take(batchAt(stopped + 1, 'good'), 0), 0, 'nothing is passed over');
    writer.resume();
    for (const [at, kind] of [
      [stopped, 'skipped'],
      [stopped + 1, 'good'],
    ] as const)
      writer.take(batchAt(at, kind), 0);
    writer.refresh(0);
    assert.deepEqual([writer.offset, writer.stopped], [stopped + 1, null]);
  });
}

test('ReplicaWriter: which batches were skipped is told, and known after a restart', () => {
  const place = { folder: join(folder, 'skipped'), indexId: 'x0', shard: 0, kind: 'document' } as const;
  const options = { engine: documentEngine, replica: 1, place, fields: [] };
  const writer = new ReplicaWriter({ ...options, found: null });
  const told: (readonly number[] | undefined)[] = [];
  // Each word: what comes between two refreshes.
  let at = 0;
  for (const batches of [['good'], ['skipped', 'good', 'skipped'], ['no JSON', 'good']]) {
    for (const kind of batches) writer.take(batchAt(at++, kind), 0);
    told.push(writer.refresh(0).skipped);
  }
  assert.deepEqual(told, [undefined, [1, 3], [1, 3]]);
  // It stands before 4, which is then skipped; what it has passed comes again and is not counted twice.
  writer.resume();
  for (const [offset, kind] of [
    [3, 'skipped'],
    [4, 'skipped'],
    [5, 'good'],
  ] as const) {
    writer.take(batchAt(offset, kind), 0);
  }
  assert.deepEqual(writer.refresh(0).skipped, [1, 3, 4]);
  writer.commit();
  const found = readReplica(place, openSegment);
  assert.deepEqual(found!.skipped, [1, 3, 4]);
  assert.deepEqual(new ReplicaWriter({ ...options, found }).publication().skipped, [1, 3, 4]);
});
