/** A replica against the obvious model of one, a Map, through refreshes, merges, commits, kills and restarts. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { encodeChange, type Operation } from '../../shared/judge/change.ts';
import { BatchWriter } from '../../shared/log/batch.ts';
import { createRandom } from '../../shared/random/random.ts';
import type { IndexedField } from '../../shared/schema/schema.ts';
import { findDocument, makeSnapshot } from '../snapshot/snapshot.ts';
import { publishedSnapshots } from '../replicas/published-snapshots.ts';
import { openSegment, type Segment } from '../segment/open.ts';
import { documentEngine as engine } from './document-engine.ts';
import type { OffsetBatch, Pending } from './pending.ts';
import { readReplica } from './replica-files.ts';
import { ReplicaWriter } from './replica-writer.ts';

const fields: IndexedField[] = [{ name: 'n', path: 'n', kind: 'integer' }];
const folder = mkdtempSync(join(tmpdir(), 'sheaf-writer-'));
after(() => rmSync(folder, { recursive: true, force: true }));

interface Change {
  readonly key: string;
  /** Null deletes. */
  readonly value: number | null;
}

function batchOf(firstOffset: number, changes: readonly Change[]): OffsetBatch {
  const writer = new BatchWriter(-1);
  for (const { key, value } of changes) {
    if (value === null) writer.add('delete', key);
    else writer.add('put', key, Buffer.from(JSON.stringify({ n: value })));
  }
  return { firstOffset, count: changes.length, bytes: writer.finish() };
}

/** The state after every entry up to an offset, by reading them all. */
function model(
  batches: readonly (OffsetBatch & { changes: readonly Change[] })[],
  offset: number,
): Map<string, number> {
  const state = new Map<string, number>();
  for (const { firstOffset, changes } of batches) {
    changes.forEach(({ key, value }, i) => {
      if (firstOffset + i > offset) return;
      if (value === null) state.delete(key);
      else state.set(key, value);
    });
  }
  return state;
}

const keys = [...Array(40).keys()].map((i) => `key${i}`);

function check(writer: ReplicaWriter<Segment, Pending>, expected: ReadonlyMap<string, number>, message: string): void {
  const snapshot = publishedSnapshots(openSegment, makeSnapshot).take(writer.publication());
  assert.equal(snapshot.documents, expected.size, message);
  for (const key of keys) {
    const found = findDocument(snapshot, key);
    const value = found && (JSON.parse(Buffer.from(found.source).toString()) as { n: number }).n;
    assert.equal(value, expected.get(key) ?? null, `${message}, ${key}`);
  }
  const offsets = snapshot.segments.flatMap(({ segment }) => [...segment.offsets]);
  assert.deepEqual(
    offsets,
    offsets.toSorted((a, b) => a - b),
    message,
  );
}

test('replica writer: holds what the log says, whenever it is refreshed, merged, committed or killed', () => {
  const seed = 77_003;
  const random = createRandom(seed);
  const below = (end: number): number => random.integer(0, end - 1);
  for (let round = 0; round < 30; round++) {
    const message = `seed ${seed}, round ${round}`;
    const place = { folder: join(folder, String(round)), indexId: 'x0', shard: 0, kind: 'document' as const };
    const open = (): ReplicaWriter<Segment, Pending> =>
      new ReplicaWriter({ engine, replica: 1, place, fields, found: readReplica(place, openSegment) });
    const batches: (OffsetBatch & { changes: Change[] })[] = [];
    let writer = open();
    let head = -1;
    let committed = -1;
    for (let step = 0; step < 60; step++) {
      const action = below(10);
      if (action < 5) {
        const changes = Array.from({ length: 1 + below(8) }, () => {
          return { key: keys[below(keys.length)]!, value: random.chance(0.25) ? null : below(1000) };
        });
        const batch = { ...batchOf(head + 1 + below(3), changes), changes };
        batches.push(batch);
        head = batch.firstOffset + batch.count - 1;
        writer.take(batch, step);
      } else if (action < 8) {
        writer.refresh(step);
        while (writer.mergeDue && below(3) > 0) writer.merge(step);
      } else if (action === 8) {
        if (random.chance(0.5)) writer.mergeUnwritten(step);
        writer.commit();
        committed = writer.offset;
      } else {
        // Killed: what was not committed is gone from memory, and read from the log again, from anywhere before.
        writer = open();
        assert.equal(writer.offset, committed, message);
        check(writer, model(batches, committed), message);
        const from = below(2);
        for (const batch of batches.slice(Math.max(0, batches.findIndex((one) => lastOf(one) > committed) - from))) {
          writer.take(batch, step);
        }
      }
      check(writer, model(batches, writer.offset), message);
    }
    writer.refresh(0);
    assert.equal(writer.offset, Math.max(head, -1), message);
    check(writer, model(batches, head), message);
  }
});

function lastOf({ firstOffset, count }: OffsetBatch): number {
  return firstOffset + count - 1;
}

test('replica writer: a segment without live documents is dropped', () => {
  const place = { folder: join(folder, 'dropped'), indexId: 'x0', shard: 0, kind: 'document' as const };
  const writer = new ReplicaWriter({ engine, replica: 1, place, fields, found: null });
  writer.take(batchOf(0, [{ key: 'a', value: 1 }]), 0);
  writer.refresh(0);
  writer.take(batchOf(1, [{ key: 'a', value: null }]), 0);
  const publication = writer.refresh(0);
  assert.deepEqual(publication, { segments: [], offset: 1, columns: { fields: {} }, unrouted: true });
  assert.deepEqual(makeSnapshot([], 1).documents, 0);
});

test('replica writer: tells of its columns, and whether a routed document ever came, after a restart too', () => {
  const routed = Buffer.from('{"_routing":"r","n":5}');
  const change = (operation: Operation) => encodeChange({ condition: { kind: 'none' }, operation });
  const kept = { kind: 'patch', nulls: 'kept', detectNoop: true } as const;
  // Each row: how an entry puts a document, whether it may be routed.
  const rows: [name: string, add: (writer: BatchWriter) => void, unrouted: true | undefined][] = [
    ['a put', (writer) => writer.add('put', 'b', Buffer.from('{"n":5}')), true],
    ['a routed put', (writer) => writer.add('put', 'b', routed), undefined],
    [
      'a routed put of a condition',
      (writer) => writer.add('judged', 'b', change({ kind: 'put', source: routed })),
      undefined,
    ],
    [
      'a patch',
      (writer) => writer.add('judged', 'a', change({ ...kept, partial: Buffer.from('{"n":5}'), upsert: null })),
      true,
    ],
    [
      'a routed upsert',
      (writer) => writer.add('judged', 'b', change({ ...kept, partial: Buffer.from('{}'), upsert: routed })),
      undefined,
    ],
    ['a deletion', (writer) => writer.add('delete', 'b'), true],
  ];
  for (const [name, add, unrouted] of rows) {
    const place = { folder: join(folder, name), indexId: 'x0', shard: 0, kind: 'document' as const };
    const writer = new ReplicaWriter({ engine, replica: 1, place, fields, found: null });
    writer.take(batchOf(0, [{ key: 'a', value: 3 }]), 0);
    assert.deepEqual(writer.refresh(0).columns, { fields: { n: [1, 3, 3] } }, name);
    const batch = new BatchWriter(-1);
    add(batch);
    writer.take({ firstOffset: 1, count: 1, bytes: batch.finish() }, 0);
    assert.equal(writer.refresh(0).unrouted, unrouted, name);
    writer.take(batchOf(2, [{ key: 'b', value: null }]), 0);
    writer.refresh(0);
    writer.commit();
    const found = readReplica(place, engine.open);
    assert.equal(
      new ReplicaWriter({ engine, replica: 2, place, fields, found }).publication().unrouted,
      unrouted,
      name,
    );
  }
});

test('replica writer: says when a search waits for what is pending', () => {
  const place = { folder: join(folder, 'wanted'), indexId: 'x0', shard: 0, kind: 'document' as const };
  const writer = new ReplicaWriter({ engine, replica: 1, place, fields, found: null });
  const seen: boolean[] = [];
  writer.want(1);
  writer.want(1_000_000);
  seen.push(writer.wanted);
  writer.take(batchOf(0, [{ key: 'a', value: 1 }]), 0);
  seen.push(writer.wanted);
  writer.take(batchOf(1, [{ key: 'b', value: 1 }]), 0);
  seen.push(writer.wanted);
  writer.refresh(0);
  seen.push(writer.wanted);
  assert.deepEqual(seen, [false, false, true, false]);
});

test('replica writer: settles into one segment, and says since when it might', () => {
  const place = { folder: join(folder, 'settled'), indexId: 'x0', shard: 0, kind: 'document' as const };
  const writer = new ReplicaWriter({ engine, replica: 1, place, fields, found: null });
  const seen: (number | null)[] = [writer.settlingSince];
  for (const [i, key] of ['a', 'b', 'c'].entries()) {
    writer.take(batchOf(i, [{ key, value: i }]), i * 10);
    writer.refresh(i * 10);
    seen.push(writer.settlingSince);
  }
  assert.deepEqual(seen, [null, null, 10, 20]);
  assert.equal(writer.mergeDue, false);
  assert.deepEqual([writer.settle(30).segments.length, writer.settlingSince], [1, null]);
});
