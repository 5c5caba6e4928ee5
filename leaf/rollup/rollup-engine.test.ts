/** Replicas of a roll-up against the plain twin: a map of exact sums. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { BatchWriter } from '../../shared/log/batch.ts';
import { createRandom, type Random } from '../../shared/random/random.ts';
import { IncrementReader } from '../../shared/rollup/read-increment.ts';
import { storedFields, type RollupSchema } from '../../shared/rollup/rollup-schema.ts';
import { rowLayout } from '../../shared/rollup/row-layout.ts';
import { encodeRow, sumOf } from '../../shared/rollup/row.ts';
import type { OffsetBatch } from '../indexing/pending.ts';
import { readReplica } from '../indexing/replica-files.ts';
import { ReplicaWriter } from '../indexing/replica-writer.ts';
import { publishedSnapshots } from '../replicas/published-snapshots.ts';
import { openSegment, type Segment } from '../segment/open.ts';
import { isDeleted, makeSnapshot } from '../snapshot/snapshot.ts';
import type { PendingIncrements } from './pending-increments.ts';
import { rollupEngine } from './rollup-engine.ts';
import { RowColumns } from './stored-rows.ts';

const schema: RollupSchema = {
  dimensions: { day: { kind: 'date', interval: 86_400_000 }, page: { kind: 'keyword' } },
  metrics: { n: { keep: ['sum', 'count', 'min', 'max'] } },
};
const fields = storedFields(schema);
const layout = rowLayout(fields);
const reader = new IncrementReader(schema);
const folder = mkdtempSync(join(tmpdir(), 'sheaf-rollup-'));
after(() => rmSync(folder, { recursive: true }));

type Sums = Map<string, { count: number; sum: bigint; min: number; max: number }>;

function makeBatch(firstOffset: number, random: Random): OffsetBatch & { changes: { key: string; n: number }[] } {
  const writer = new BatchWriter(0);
  const changes = Array.from({ length: random.integer(1, 20) }, () => {
    const n = random.integer(-1, 1) * (2 ** random.integer(0, 53) - 1) + 0;
    const read = reader.read({ page: `p${random.integer(0, 9)}`, day: random.integer(0, 2) * 86_400_000, n }, 0);
    assert.ok('row' in read);
    writer.add('increment', read.key, Buffer.from(encodeRow(read.row)));
    return { key: read.key, n };
  });
  return { firstOffset, count: writer.count, bytes: writer.finish(), changes };
}

function addTo(sums: Sums, { key, n }: { key: string; n: number }): void {
  const before = sums.get(key) ?? { count: 0, sum: 0n, min: Infinity, max: -Infinity };
  const { count, sum, min, max } = before;
  sums.set(key, { count: count + 1, sum: sum + BigInt(n), min: Math.min(min, n), max: Math.max(max, n) });
}

function rowsOf(writer: ReplicaWriter<Segment, PendingIncrements>): Sums {
  const snapshot = publishedSnapshots(openSegment, makeSnapshot).take(writer.publication());
  const sums: Sums = new Map();
  const part = (row: Float64Array, name: string): number => row[layout.parts.indexOf(name)]!;
  for (const live of snapshot.segments) {
    const columns = new RowColumns(layout, live.segment);
    for (let docId = 0; docId < live.segment.documents; docId++) {
      if (isDeleted(live, docId)) continue;
      const row = columns.read(docId);
      const key = live.segment.keys.keyAt(docId);
      assert.ok(!sums.has(key), `two rows of ${key}`);
      const sum = sumOf(BigInt(part(row, '_high.n')), BigInt(part(row, '_low.n')));
      sums.set(key, { count: part(row, '_count'), sum, min: part(row, '_min.n'), max: part(row, '_max.n') });
    }
  }
  return sums;
}

const seed = Date.now() % 1_000_000;

test(`rollup engine: exact sums, whenever it is refreshed, merged, written and opened again (seed ${seed})`, () => {
  const random = createRandom(seed);
  for (let round = 0; round < 20; round++) {
    const place = { folder: join(folder, String(round)), indexId: 'x0', shard: 0, kind: 'rollup' as const };
    const engine = rollupEngine(fields);
    const open = (): ReplicaWriter<Segment, PendingIncrements> =>
      new ReplicaWriter({ engine, replica: 1, place, fields, found: readReplica(place, openSegment) });
    let writer = open();
    const log: ReturnType<typeof makeBatch>[] = [];
    let head = -1;
    for (let step = 0; step < 60; step++) {
      const action = random.integer(0, 9);
      if (action < 5) {
        const batch = makeBatch(head + 1 + random.integer(0, 2), random);
        head = batch.firstOffset + batch.count - 1;
        log.push(batch);
        writer.take(batch, 0);
      } else if (action < 7) writer.refresh(0);
      else if (action === 7) writer.mergeUnwritten(0);
      else if (action === 8) {
        if (writer.mergeDue) writer.merge(0);
        writer.commit();
      } else {
        // A crash: what was not written is read from the log again, from the batch that holds the next offset on.
        writer = open();
        for (const batch of log) {
          if (batch.firstOffset + batch.count - 1 > writer.offset) writer.take(batch, 0);
        }
      }
    }
    writer.refresh(0);
    const expected: Sums = new Map();
    for (const change of log.flatMap(({ changes }) => changes)) addTo(expected, change);
    const actual = rowsOf(writer);
    const sorted = (sums: Sums): unknown => [...sums].sort(([a], [b]) => (a < b ? -1 : 1));
    assert.deepEqual(sorted(actual), sorted(expected), `seed ${seed}, round ${round}`);
  }
});

test('rollup engine: a published snapshot stays as it was', () => {
  const place = { folder: join(folder, 'still'), indexId: 'x0', shard: 0, kind: 'rollup' as const };
  const writer = new ReplicaWriter({ engine: rollupEngine(fields), replica: 1, place, fields, found: null });
  const random = createRandom(1);
  writer.take(makeBatch(0, random), 0);
  const before = publishedSnapshots(openSegment, makeSnapshot).take(writer.refresh(0));
  const documents = before.segments.map(({ liveCount }) => liveCount);
  writer.take(makeBatch(100, random), 0);
  writer.refresh(0);
  assert.deepEqual(
    before.segments.map(({ liveCount }) => liveCount),
    documents,
  );
});

for (const kind of ['put', 'judged'] as const) {
  test(`rollup engine: an entry that is no increment but ${kind} is LOG_CORRUPT`, () => {
    const writer = new BatchWriter(0);
    writer.add(kind, 'k', Buffer.from('{}'));
    const pending = rollupEngine(fields).newPending();
    assert.throws(() => pending.take({ firstOffset: 0, count: 1, bytes: writer.finish() }, -1), {
      code: 'LOG_CORRUPT',
    });
  });
}
