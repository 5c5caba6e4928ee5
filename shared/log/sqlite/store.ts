/** Writes appends to the tables: many in one transaction, each once. Touches the world: the database it is given. */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { SheafError } from '../../errors.ts';
import { answerOf, decide, outcomesOf, recordedBatches } from '../keyed-requests.ts';
import type { KeyedRequest, KnownRequest, RequestAnswer, RequestOutcome } from '../keyed-requests.ts';
import type { AppendBatch, Appended } from '../append-batch.ts';
import { appendsRememberedMax, packAppended, parseOutcome } from '../wire.ts';
import type { AppendedFrame, AppendHeader, AppendPiece } from '../wire.ts';
import { batchChecksum } from './checksum.ts';
import { runningFault } from './faults.ts';

export interface AppendRecord extends AppendHeader {
  /** The bytes of the batches, one after another. */
  readonly body: Uint8Array;
}

/** Batches as they were recorded. */
type Recorded = Pick<AppendRecord, 'batches' | 'body'>;

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

/** Keys forgotten in one go: appends wait meanwhile, some tens of milliseconds. */
const forgottenAtOnceMax = 10_000;

interface Statements {
  readonly producer: StatementSync;
  readonly recorded: StatementSync;
  readonly lastSequence: StatementSync;
  readonly remember: StatementSync;
  readonly forget: StatementSync;
  readonly partition: StatementSync;
  readonly addPartition: StatementSync;
  readonly addBatch: StatementSync;
  readonly moveHead: StatementSync;
  readonly request: StatementSync;
  readonly addRequest: StatementSync;
  readonly oldestRequest: StatementSync;
  readonly forgetRequests: StatementSync;
}

export class LogStore {
  private readonly database: DatabaseSync;
  private readonly statements: Statements;
  private readonly idempotencyRetentionMs: number;

  /**
   * @param database of openFolder
   * @param options milliseconds for which the keys of requests are remembered
   */
  constructor(database: DatabaseSync, options: { readonly idempotencyRetentionMs: number }) {
    this.database = database;
    this.idempotencyRetentionMs = options.idempotencyRetentionMs;
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
      const outcomes = records.map((record) => this.append(record, nowMs));
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
   * remembered for a time is remembered for at least that long.
   */
  newestMs(): number {
    const newest =
      'SELECT max((SELECT ifnull(max(seen_ms), 0) FROM producers), (SELECT ifnull(max(recorded_ms), 0) FROM requests)) AS ms';
    return this.database.prepare(newest).get()?.['ms'] as number;
  }

  /** Forgets the producers that were not heard of for a day. */
  forgetProducers(nowMs: number): void {
    const before = nowMs - producerForgottenAfterMs;
    this.database.exec('BEGIN IMMEDIATE');
    this.database
      .prepare('DELETE FROM appends WHERE producer IN (SELECT id FROM producers WHERE seen_ms < ?)')
      .run(before);
    this.database.prepare('DELETE FROM producers WHERE seen_ms < ?').run(before);
    this.database.exec('COMMIT');
  }

  /** Forgets the oldest keys of requests that are past their time. */
  forgetRequests(nowMs: number): void {
    const before = nowMs - this.idempotencyRetentionMs;
    const oldest = this.statements.oldestRequest.get();
    if (oldest === undefined || (oldest['recorded_ms'] as number) >= before) return;
    this.statements.forgetRequests.run(before, (oldest['id'] as number) + forgottenAtOnceMax);
  }

  private append(record: AppendRecord, nowMs: number): AppendOutcome {
    const { sequence, requests } = record;
    const producer = this.statements.producer.get(record.producer, nowMs)?.['id'] as number;
    const recorded = this.statements.recorded.get(producer, sequence)?.['appended'];
    if (typeof recorded === 'string') return { ok: true, ...remembered(recorded), repeated: true };
    const last = this.statements.lastSequence.get(producer)?.['last'];
    if (typeof last === 'number' && sequence <= last - appendsRememberedMax) return tooOld(sequence, last);

    const decisions = decide(requests, (key) => this.findRequest(key, nowMs));
    const cut = cutRepeats(record, decisions);
    const appended = this.appendBatches(cut ?? record);
    const answer = answerOf(appended);
    const added = requests.filter((_, i) => decisions[i]!.kind === 'record');
    this.rememberRequests(added, answer, nowMs);
    const outcomes = outcomesOf(decisions, answer);
    this.statements.remember.run(producer, sequence, JSON.stringify(packAppended(appended, outcomes)));
    this.statements.forget.run(producer, sequence - appendsRememberedMax);
    return { ok: true, appended, outcomes, repeated: false, ...(cut === null ? {} : { cut }) };
  }

  private appendBatches({ batches, body }: Recorded): Appended[] {
    let at = 0;
    return batches.map((piece) => {
      const bytes = body.subarray(at, at + piece.bytes);
      at += piece.bytes;
      return this.appendBatch(piece, bytes);
    });
  }

  private findRequest(key: string, nowMs: number): KnownRequest | undefined {
    const row = this.statements.request.get(key, nowMs - this.idempotencyRetentionMs);
    if (row === undefined) return undefined;
    return { digest: row['digest'] as string, answer: JSON.parse(row['answer'] as string) as RequestAnswer };
  }

  private rememberRequests(requests: readonly KeyedRequest[], answer: RequestAnswer, nowMs: number): void {
    if (requests.length === 0) return;
    const answerJson = JSON.stringify(answer);
    // One of the same key that is past its time and not yet forgotten is replaced.
    for (const { key, digest } of requests) this.statements.addRequest.run(key, digest, answerJson, nowMs);
  }

  private appendBatch({ partition, count }: AppendPiece, bytes: Uint8Array): Appended {
    const row = this.statements.partition.get(partition) ?? this.statements.addPartition.get(partition);
    const id = row?.['id'] as number;
    const firstOffset = (row?.['head'] as number) + 1;
    const lastOffset = firstOffset + count - 1;
    const checksum = batchChecksum(partition, firstOffset, lastOffset, bytes);
    this.statements.addBatch.run(id, firstOffset, lastOffset, checksum, bytes);
    this.statements.moveHead.run(lastOffset, id);
    return { partition, firstOffset, lastOffset };
  }

  private rollback(): void {
    // SQLite has rolled back already after some errors, a full disk among them.
    if (this.database.isTransaction) this.database.exec('ROLLBACK');
  }
}

/** The answer to an append that is sent again. Files of before there were keyed requests have the offsets alone. */
function remembered(json: string): {
  readonly appended: readonly Appended[];
  readonly outcomes: readonly RequestOutcome[];
} {
  const packed = JSON.parse(json) as AppendedFrame | readonly Appended[];
  if (!('appended' in packed)) return { appended: packed, outcomes: [] };
  return { appended: packed.appended, outcomes: (packed.outcomes ?? []).map(parseOutcome) };
}

/** The append without the entries that must not be recorded, or null where all are. */
function cutRepeats(record: AppendRecord, decisions: ReturnType<typeof decide>): Recorded | null {
  if (decisions.every(({ kind }) => kind === 'record')) return null;
  let at = 0;
  const batches = record.batches.map(({ partition, count, bytes }): AppendBatch => {
    const start = at;
    at += bytes;
    return { partition, count, bytes: record.body.subarray(start, at) };
  });
  const kept = recordedBatches(batches, record.requests, decisions);
  return {
    batches: kept.map(({ partition, count, bytes }) => ({ partition, count, bytes: bytes.length })),
    body: new Uint8Array(Buffer.concat(kept.map(({ bytes }) => bytes))),
  };
}

function tooOld(sequence: number, last: number): AppendOutcome {
  const detail = {
    reason: 'too old to tell whether it was recorded',
    sequence,
    last,
    remembered: appendsRememberedMax,
  };
  return { ok: false, error: new SheafError('LOG_UNAVAILABLE', { detail }) };
}

function prepare(database: DatabaseSync): Statements {
  return {
    producer: database.prepare(
      'INSERT INTO producers (name, seen_ms) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET seen_ms = excluded.seen_ms RETURNING id',
    ),
    recorded: database.prepare('SELECT appended FROM appends WHERE producer = ? AND sequence = ?'),
    lastSequence: database.prepare('SELECT max(sequence) AS last FROM appends WHERE producer = ?'),
    remember: database.prepare('INSERT INTO appends (producer, sequence, appended) VALUES (?, ?, ?)'),
    forget: database.prepare('DELETE FROM appends WHERE producer = ? AND sequence <= ?'),
    partition: database.prepare('SELECT id, head FROM partitions WHERE name = ?'),
    addPartition: database.prepare('INSERT INTO partitions (name, head) VALUES (?, -1) RETURNING id, head'),
    addBatch: database.prepare(
      'INSERT INTO batches (partition, first_offset, last_offset, checksum, bytes) VALUES (?, ?, ?, ?, ?)',
    ),
    moveHead: database.prepare('UPDATE partitions SET head = ? WHERE id = ?'),
    request: database.prepare('SELECT digest, answer FROM requests WHERE key = ? AND recorded_ms >= ?'),
    addRequest: database.prepare(
      'INSERT OR REPLACE INTO requests (key, digest, answer, recorded_ms) VALUES (?, ?, ?, ?)',
    ),
    oldestRequest: database.prepare('SELECT id, recorded_ms FROM requests ORDER BY id LIMIT 1'),
    forgetRequests: database.prepare('DELETE FROM requests WHERE recorded_ms < ? AND id < ?'),
  };
}
