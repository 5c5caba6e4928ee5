/** Writes appends to the tables: many in one transaction, each once. Touches the world: the database it is given. */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { SheafError } from '../../errors.ts';
import type { Appended } from '../log.ts';
import { appendsRememberedMax, type AppendHeader, type AppendPiece } from '../wire.ts';
import { batchChecksum } from './checksum.ts';
import { runningFault } from './faults.ts';

export interface AppendRecord extends AppendHeader {
  /** The bytes of the batches, one after another. */
  readonly body: Uint8Array;
}

export type AppendOutcome =
  | { readonly ok: true; readonly appended: readonly Appended[]; /** Recorded before. */ readonly repeated: boolean }
  | { readonly ok: false; readonly error: SheafError };

/** A producer's process is gone long before, and with it whoever could send again: clients give up after seconds. */
const producerForgottenAfterMs = 24 * 60 * 60 * 1000;

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
}

export class LogStore {
  private readonly database: DatabaseSync;
  private readonly statements: Statements;

  /** @param database of openFolder */
  constructor(database: DatabaseSync) {
    this.database = database;
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
   * @param nowMs time of day, milliseconds since 1970
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

  private append(record: AppendRecord, nowMs: number): AppendOutcome {
    const { sequence } = record;
    const producer = this.statements.producer.get(record.producer, nowMs)?.['id'] as number;
    const recorded = this.statements.recorded.get(producer, sequence)?.['appended'];
    if (typeof recorded === 'string') return { ok: true, appended: JSON.parse(recorded) as Appended[], repeated: true };
    const last = this.statements.lastSequence.get(producer)?.['last'];
    if (typeof last === 'number' && sequence <= last - appendsRememberedMax) return tooOld(sequence, last);

    let at = 0;
    const appended = record.batches.map((piece) => {
      const bytes = record.body.subarray(at, at + piece.bytes);
      at += piece.bytes;
      return this.appendBatch(piece, bytes);
    });
    this.statements.remember.run(producer, sequence, JSON.stringify(appended));
    this.statements.forget.run(producer, sequence - appendsRememberedMax);
    return { ok: true, appended, repeated: false };
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
  };
}
