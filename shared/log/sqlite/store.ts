/** Writes appends to the tables: many in one transaction, each once. Touches the world: the database it is given. */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { SheafError } from '../../errors.ts';
import { answerOf, decide, outcomesOf, recordedBatches } from '../keyed-requests.ts';
import type { RequestOutcome } from '../keyed-requests.ts';
import type { AppendBatch, Appended } from '../append-batch.ts';
import { checkBatch } from '../check-append.ts';
import { appendsRememberedMax, packAppended, parseOutcome } from '../wire.ts';
import type { AppendedFrame, AppendHeader } from '../wire.ts';
import { batchChecksum, isSoundRow, rowChecksum, verifyRow } from './checksum.ts';
import { runningFault } from './faults.ts';
import { Requests } from './requests.ts';

export interface AppendRecord extends AppendHeader {
  /** The bytes of the batches, one after another. */
  readonly body: Uint8Array;
}

/** Batches as they were recorded. */
type Recorded = Pick<AppendRecord, 'batches' | 'body'>;

/** What is to become of an append. */
interface Planned {
  readonly producer: number;
  readonly decisions: ReturnType<typeof decide>;
  readonly cut: Recorded | null;
}

export type AppendOutcome =
  | {
      readonly ok: true;
      readonly appended: readonly Appended[];
      /** One for each keyed request of the append. */
      readonly outcomes: readonly RequestOutcome[];
      /** The append as a whole was recorded before. */
      readonly repeated: boolean;
      /** What was recorded, where that is less than what was sent. */
      readonly cut?: Recorded;
    }
  | { readonly ok: false; readonly error: SheafError };

/** A producer's process is gone long before, and with it whoever could send again: clients give up after seconds. */
const producerForgottenAfterMs = 24 * 60 * 60 * 1000;

/** A partition as it is in this transaction. */
interface PartitionRow {
  readonly id: number;
  head: number;
}

interface Statements {
  readonly producer: StatementSync;
  readonly addProducer: StatementSync;
  readonly sawProducer: StatementSync;
  readonly recorded: StatementSync;
  readonly lastSequence: StatementSync;
  readonly remember: StatementSync;
  readonly forget: StatementSync;
  readonly partition: StatementSync;
  readonly addPartition: StatementSync;
  readonly addBatch: StatementSync;
  readonly moveHead: StatementSync;
  readonly producers: StatementSync;
  readonly forgetAppends: StatementSync;
  readonly forgetProducer: StatementSync;
}

export class LogStore {
  private readonly database: DatabaseSync;
  private readonly statements: Statements;
  private readonly requests: Requests;
  /** Partitions written to since the start: proved once, and trusted from then on. Without those of a transaction undone. */
  private readonly partitions = new Map<string, PartitionRow>();

  /**
   * @param database of openFolder
   * @param options milliseconds for which the keys of requests are remembered, and what mendRequests found lost
   */
  constructor(
    database: DatabaseSync,
    options: { readonly idempotencyRetentionMs: number; readonly lostRequests?: ReadonlySet<bigint> },
  ) {
    this.database = database;
    this.requests = new Requests(database, options.idempotencyRetentionMs, options.lostRequests ?? new Set());
    this.statements = prepare(database);
  }

  /** Every partition and its highest offset. */
  heads(): [partition: string, head: number][] {
    const rows = this.database.prepare('SELECT name, head FROM partitions').all();
    return rows.map((row) => [row['name'] as string, row['head'] as number]);
  }

  /**
   * Records all appends in one transaction and answers each, in order. When this returns, what it answers `ok` is
   * durable. A full disk fails them all and records none.
   *
   * @param nowMs see newestMs
   * @throws what no later call can mend; the caller ends the process
   */
  appendAll(records: readonly AppendRecord[], nowMs: number): AppendOutcome[] {
    try {
      this.database.exec('BEGIN IMMEDIATE');
      const outcomes = records.map((record) => this.tryAppend(record, nowMs));
      this.database.exec('COMMIT');
      return outcomes;
    } catch (error) {
      const fault = runningFault(error);
      this.rollback();
      if (!(fault instanceof SheafError)) throw fault;
      return records.map(() => ({ ok: false, error: fault }));
    }
  }

  /**
   * When the newest thing that is remembered was recorded, in milliseconds of the log's own running time, which goes on
   * from here at each start; 0 where nothing is. It counts no pauses and no steps of the system's clock, so what is
   * remembered for a time is remembered for at least that long. Rows that are damaged say nothing.
   */
  newestMs(): number {
    return Math.max(this.requests.newestMs(), ...this.soundProducers().map(({ seenMs }) => seenMs));
  }

  /** Forgets the producers that were not heard of for a day. */
  forgetProducers(nowMs: number): void {
    this.unlessFull(() => this.deleteProducers(nowMs - producerForgottenAfterMs));
  }

  /** Forgets the oldest keys of requests that are past their time. */
  forgetRequests(nowMs: number): void {
    this.unlessFull(() => this.requests.forget(nowMs));
  }

  /** What need not be done now. A disk that is too full for it is left for later. @throws what no later call can mend */
  private unlessFull(work: () => void): void {
    try {
      work();
    } catch (error) {
      const fault = runningFault(error);
      if (this.database.isTransaction) this.database.exec('ROLLBACK');
      if (!(fault instanceof SheafError)) throw fault;
    }
  }

  private deleteProducers(before: number): void {
    this.database.exec('BEGIN IMMEDIATE');
    for (const { id, seenMs } of this.soundProducers()) {
      if (seenMs >= before) continue;
      this.statements.forgetAppends.run(id);
      this.statements.forgetProducer.run(id);
    }
    this.database.exec('COMMIT');
  }

  private soundProducers(): { id: number; seenMs: number }[] {
    return this.statements.producers.all().flatMap((row) => {
      const seenMs = Number(row['seen_ms']);
      const isSound = isSoundRow('producers', [row['name'] as string, seenMs], row['checksum']);
      return isSound ? [{ id: Number(row['id']), seenMs }] : [];
    });
  }

  /** What is not a batch, and what needs a row that is damaged, is refused alone: nothing of it has been recorded then. */
  private tryAppend(record: AppendRecord, nowMs: number): AppendOutcome {
    let planned: Planned | AppendOutcome;
    try {
      planned = this.plan(record, nowMs);
    } catch (error) {
      const fault = runningFault(error);
      const isAlone = error instanceof SheafError || (isCorrupt(fault) && this.database.isTransaction);
      if (!isAlone || !(fault instanceof SheafError)) throw error;
      return { ok: false, error: fault };
    }
    return 'ok' in planned ? planned : this.append(record, planned, nowMs);
  }

  /** Reads and proves all that an append depends on, and writes nothing but when its producer was seen. */
  private plan(record: AppendRecord, nowMs: number): Planned | AppendOutcome {
    const { sequence, requests } = record;
    const producer = this.producerOf(record.producer, nowMs);
    const recorded = this.findAppend(producer, sequence);
    if (recorded !== undefined) return { ok: true, ...remembered(recorded), repeated: true };
    const last = this.statements.lastSequence.get(producer)?.['last'];
    if (typeof last === 'number' && sequence <= last) return tooOld(sequence, last);
    for (const batch of cutBody(record)) checkBatch(batch);
    const decisions = decide(requests, (key) => this.requests.find(key, nowMs));
    const cut = cutRepeats(record, decisions);
    if (cut !== null) for (const batch of cutBody(cut)) checkBatch(batch);
    for (const { partition } of (cut ?? record).batches) this.findPartition(partition);
    return { producer, decisions, cut };
  }

  private append(record: AppendRecord, { producer, decisions, cut }: Planned, nowMs: number): AppendOutcome {
    const { sequence, requests } = record;
    const appended = cutBody(cut ?? record).map((batch) => this.appendBatch(batch));
    const answer = answerOf(appended);
    const added = requests.filter((_, i) => decisions[i]!.kind === 'record');
    this.requests.remember(added, answer, nowMs);
    const outcomes = outcomesOf(decisions, answer);
    const packed = JSON.stringify(packAppended(appended, outcomes));
    this.statements.remember.run(producer, sequence, packed, rowChecksum('appends', [producer, sequence, packed]));
    this.statements.forget.run(producer, sequence - appendsRememberedMax);
    return { ok: true, appended, outcomes, repeated: false, ...(cut === null ? {} : { cut }) };
  }

  /** The id of a producer, seen now. @throws SheafError LOG_CORRUPT */
  private producerOf(name: string, nowMs: number): number {
    const checksum = rowChecksum('producers', [name, nowMs]);
    const row = this.statements.producer.get(name);
    if (row === undefined) return Number(this.statements.addProducer.get(name, nowMs, checksum)?.['id']);
    const id = Number(row['id']);
    const seenMs = Number(row['seen_ms']);
    verifyRow('producers', [name, seenMs], row['checksum']);
    if (seenMs !== nowMs) this.statements.sawProducer.run(nowMs, checksum, id);
    return id;
  }

  /** What was answered to an append before. @throws SheafError LOG_CORRUPT */
  private findAppend(producer: number, sequence: number): string | undefined {
    const row = this.statements.recorded.get(producer, sequence);
    if (row === undefined) return undefined;
    const appended = row['appended'] as string;
    verifyRow('appends', [producer, sequence, appended], row['checksum']);
    return appended;
  }

  /** Undefined where nothing was appended to it yet. @throws SheafError LOG_CORRUPT */
  private findPartition(name: string): PartitionRow | undefined {
    const known = this.partitions.get(name);
    if (known !== undefined) return known;
    const row = this.statements.partition.get(name);
    if (row === undefined) return undefined;
    const found = { id: Number(row['id']), head: Number(row['head']) };
    verifyRow('partitions', [name, found.head], row['checksum']);
    this.partitions.set(name, found);
    return found;
  }

  private addPartition(name: string): PartitionRow {
    const head = -1;
    const row = this.statements.addPartition.get(name, head, rowChecksum('partitions', [name, head]));
    const added = { id: Number(row?.['id']), head };
    this.partitions.set(name, added);
    return added;
  }

  private appendBatch({ partition, count, bytes }: AppendBatch): Appended {
    const row = this.findPartition(partition) ?? this.addPartition(partition);
    const firstOffset = row.head + 1;
    const lastOffset = row.head + count;
    this.statements.addBatch.run(
      row.id,
      firstOffset,
      lastOffset,
      batchChecksum(partition, firstOffset, lastOffset, bytes),
      bytes,
    );
    this.statements.moveHead.run(lastOffset, rowChecksum('partitions', [partition, lastOffset]), row.id);
    row.head = lastOffset;
    return { partition, firstOffset, lastOffset };
  }

  private rollback(): void {
    this.partitions.clear();
    // SQLite has rolled back already after some errors, a full disk among them.
    if (this.database.isTransaction) this.database.exec('ROLLBACK');
  }
}

function isCorrupt(fault: unknown): boolean {
  return fault instanceof SheafError && fault.code === 'LOG_CORRUPT';
}

/** The answer to an append that is sent again. */
function remembered(json: string): {
  readonly appended: readonly Appended[];
  readonly outcomes: readonly RequestOutcome[];
} {
  const { appended, outcomes = [] } = JSON.parse(json) as AppendedFrame;
  return { appended, outcomes: outcomes.map(parseOutcome) };
}

/** The batches of an append, each with its bytes. */
function cutBody({ batches, body }: Recorded): AppendBatch[] {
  let at = 0;
  return batches.map(({ partition, count, bytes }) => {
    const start = at;
    at += bytes;
    return { partition, count, bytes: body.subarray(start, at) };
  });
}

/** The append without the entries that must not be recorded, or null where all are. */
function cutRepeats(record: AppendRecord, decisions: ReturnType<typeof decide>): Recorded | null {
  if (decisions.every(({ kind }) => kind === 'record')) return null;
  const kept = recordedBatches(cutBody(record), record.requests, decisions);
  return {
    batches: kept.map(({ partition, count, bytes }) => ({ partition, count, bytes: bytes.length })),
    body: new Uint8Array(Buffer.concat(kept.map(({ bytes }) => bytes))),
  };
}

function tooOld(sequence: number, last: number): AppendOutcome {
  const detail = {
    reason: 'a later append was recorded, and of this one nothing is remembered',
    sequence,
    last,
    remembered: appendsRememberedMax,
  };
  return { ok: false, error: new SheafError('LOG_UNAVAILABLE', { detail }) };
}

function prepare(database: DatabaseSync): Statements {
  // Checksums take all 64 bits.
  const exact = (sql: string): StatementSync => {
    const statement = database.prepare(sql);
    statement.setReadBigInts(true);
    return statement;
  };
  return {
    producer: exact('SELECT id, seen_ms, checksum FROM producers WHERE name = ?'),
    addProducer: exact('INSERT INTO producers (name, seen_ms, checksum) VALUES (?, ?, ?) RETURNING id'),
    sawProducer: database.prepare('UPDATE producers SET seen_ms = ?, checksum = ? WHERE id = ?'),
    recorded: exact('SELECT appended, checksum FROM appends WHERE producer = ? AND sequence = ?'),
    lastSequence: database.prepare('SELECT max(sequence) AS last FROM appends WHERE producer = ?'),
    remember: database.prepare('INSERT INTO appends (producer, sequence, appended, checksum) VALUES (?, ?, ?, ?)'),
    forget: database.prepare('DELETE FROM appends WHERE producer = ? AND sequence <= ?'),
    partition: exact('SELECT id, head, checksum FROM partitions WHERE name = ?'),
    addPartition: exact('INSERT INTO partitions (name, head, checksum) VALUES (?, ?, ?) RETURNING id'),
    addBatch: database.prepare(
      'INSERT INTO batches (partition, first_offset, last_offset, checksum, bytes) VALUES (?, ?, ?, ?, ?)',
    ),
    moveHead: database.prepare('UPDATE partitions SET head = ?, checksum = ? WHERE id = ?'),
    producers: exact('SELECT id, name, seen_ms, checksum FROM producers'),
    forgetAppends: database.prepare('DELETE FROM appends WHERE producer = ?'),
    forgetProducer: database.prepare('DELETE FROM producers WHERE id = ?'),
  };
}
