/** Replicas of one partition that read it in other pieces, are killed, merge, copy from each other: they must all say the same. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { createRandom, type Random } from '../../shared/random/random.ts';
import type { IndexedField } from '../../shared/schema/schema.ts';
import type { Retention } from '../keys/key-history.ts';
import { publishedSnapshots, type PublishedSnapshots } from '../replicas/published-snapshots.ts';
import { openSegment, type Segment } from '../segment/open.ts';
import { findDocument, makeSnapshot, type Snapshot } from '../snapshot/snapshot.ts';
import { documentEngine as engine } from './document-engine.ts';
import { batchOf, randomEntry, SlowTwin, type LogEntry, type TwinState } from './judged-log.fixture.ts';
import type { OffsetBatch, Pending } from './pending.ts';
import { deleteReplica, holdReplica, installReplica, readReplica } from './replica-files.ts';
import { ReplicaWriter } from './replica-writer.ts';

const fields: IndexedField[] = [{ name: 'n', path: 'n', kind: 'integer' }];
const folder = mkdtempSync(join(tmpdir(), 'sheaf-judged-'));
after(() => rmSync(folder, { recursive: true, force: true }));

const keys = ['a', 'b', 'c', 'd', 'e', 'f', 'ключ'];

/** The partition, and what it leaves up to each offset. */
class PartitionOfTest {
  readonly batches: OffsetBatch[] = [];
  readonly states = new Map<number, TwinState>();
  private readonly twin: SlowTwin;
  head = -1;

  constructor(retention: Retention) {
    this.twin = new SlowTwin(retention);
    this.states.set(-1, this.twin.state());
  }

  append(entries: readonly LogEntry[], gap = 0): void {
    const firstOffset = this.head + 1 + gap;
    entries.forEach((entry, i) => this.twin.take(firstOffset + i, entry));
    this.batches.push(batchOf(firstOffset, entries));
    this.head = firstOffset + entries.length - 1;
    this.states.set(this.head, this.twin.state());
  }
}

/** A replica on both of its threads. */
class ReplicaOfTest {
  private readonly place;
  private readonly partition: PartitionOfTest;
  private readonly retention: Retention;
  private writer!: ReplicaWriter<Segment, Pending>;
  private published!: PublishedSnapshots<Snapshot>;
  private next = 0;

  constructor(name: string, partition: PartitionOfTest, retention: Retention) {
    this.place = { folder: join(folder, name), indexId: 'x0', shard: 0, kind: 'document' as const };
    this.partition = partition;
    this.retention = retention;
    this.open();
  }

  /** Whatever was not committed is gone. */
  open(): void {
    const { place, retention } = this;
    const found = readReplica(place, openSegment, retention);
    this.writer = new ReplicaWriter({ engine, replica: 1, place, fields, found, retention });
    this.published = publishedSnapshots(openSegment, makeSnapshot, retention.outcomesMax);
    this.check(this.published.take(this.writer.publication()));
    const { offset } = this.writer;
    this.next = this.partition.batches.findIndex((batch) => batch.firstOffset + batch.count - 1 > offset);
    if (this.next < 0) this.next = this.partition.batches.length;
  }

  read(count: number): void {
    for (const batch of this.partition.batches.slice(this.next, this.next + count)) this.writer.take(batch, 0);
    this.next = Math.min(this.next + count, this.partition.batches.length);
    assert.equal(this.writer.stopped, null);
  }

  refresh(): void {
    this.check(this.published.take(this.writer.refresh(0)));
  }

  merge(random: Random): void {
    const merged = random.chance(0.5) ? this.writer.mergeUnwritten(0) : null;
    if (merged !== null) this.check(this.published.take(merged));
    while (this.writer.mergeDue) this.check(this.published.take(this.writer.merge(0)));
  }

  commit(): void {
    this.writer.commit();
  }

  copyFrom(other: ReplicaOfTest): void {
    if (other === this) return;
    other.commit();
    const held = `${this.place.folder}-held`;
    holdReplica(other.place, held);
    installReplica(this.place, held);
    this.open();
  }

  discard(): void {
    deleteReplica(this.place);
    this.open();
  }

  private check(snapshot: Snapshot): void {
    const { documents, outcomes } = this.partition.states.get(snapshot.offset)!;
    const message = `at ${snapshot.offset}`;
    assert.equal(snapshot.documents, documents.size, message);
    const found = keys.flatMap((key) => {
      const document = findDocument(snapshot, key);
      if (document === null) return [];
      const { offset: sequence, version, source } = document;
      return [[key, { version, sequence, source: Buffer.from(source).toString() }] as const];
    });
    assert.deepEqual(
      new Map(found),
      new Map(keys.flatMap((key) => (documents.has(key) ? [[key, documents.get(key)]] : []))),
      message,
    );
    assert.equal(snapshot.outcomes.count, outcomes.length, message);
    for (const [offset, outcome] of outcomes)
      assert.deepEqual(snapshot.outcomes.find(offset), outcome, `${message}, ${offset}`);
    for (const [offset] of outcomes.slice(0, 1)) assert.equal(snapshot.outcomes.find(offset - 1), undefined);
  }
}

const retentions: [name: string, retention: Retention][] = [
  ['nothing is forgotten', { deletionsMax: 1e6, offsetsMax: 1e6, outcomesMax: 1e6 }],
  ['tombstones are forgotten by deletions', { deletionsMax: 3, offsetsMax: 1e6, outcomesMax: 7 }],
  ['tombstones are forgotten by offsets', { deletionsMax: 1e6, offsetsMax: 9, outcomesMax: 1 }],
  ['next to nothing is remembered', { deletionsMax: 1, offsetsMax: 1, outcomesMax: 2 }],
];
for (const [name, retention] of retentions) {
  test(`replicas: say what the slow twin says, whatever is pending together; ${name}`, () => {
    for (let seed = 1; seed <= 25; seed++) {
      try {
        run(seed, retention, `${retention.deletionsMax}-${retention.offsetsMax}-${seed}`);
      } catch (error) {
        throw new Error(`seed ${seed}`, { cause: error });
      }
    }
  });
}

function run(seed: number, retention: Retention, name: string): void {
  const random = createRandom(seed);
  const partition = new PartitionOfTest(retention);
  const replicas = [0, 1, 2].map((i) => new ReplicaOfTest(`${name}-${i}`, partition, retention));
  for (let step = 0; step < 150; step++) {
    if (random.chance(0.3)) {
      const entries = Array.from({ length: random.integer(1, 8) }, (_, i) =>
        randomEntry(random, keys, partition.head + i),
      );
      partition.append(entries, random.integer(0, 2));
    }
    const replica = random.pick(replicas);
    const action = random.integer(0, 19);
    if (action < 8) replica.read(random.integer(1, 5));
    else if (action < 13) replica.refresh();
    else if (action < 15) replica.merge(random);
    else if (action < 17) replica.commit();
    else if (action < 18) replica.open();
    else if (action < 19) replica.copyFrom(random.pick(replicas));
    else if (random.chance(0.3)) replica.discard();
  }
  for (const replica of replicas) {
    replica.read(1000);
    replica.refresh();
  }
}
