import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { BatchWriter, emptyBatch } from '../../shared/log/batch.ts';
import { documentEngine } from './document-engine.ts';
import type { OffsetBatch } from './pending.ts';
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
  return { firstOffset, count: 1, bytes: kinds[kind]!() };
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
