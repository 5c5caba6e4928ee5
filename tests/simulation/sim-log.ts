/** What processes of a simulation have in the place of the log: without a network, for log-port.ts is that. */
import { DatabaseSync } from 'node:sqlite';
import type { Clock } from '../../shared/clock/clock.ts';
import { SheafError } from '../../shared/errors.ts';
import type { AppendBatch } from '../../shared/log/append-batch.ts';
import type { KeyedRequest } from '../../shared/log/keyed-requests.ts';
import type { AppendedOnce, LogBatch } from '../../shared/log/log.ts';
import { MemoryLog } from '../../shared/log/memory.ts';
import { LogService, type Delivery } from '../../shared/log/server/service.ts';
import { LogReader } from '../../shared/log/sqlite/read.ts';
import { runningTime } from '../../shared/log/sqlite/running-time.ts';
import { LogStore, type AppendOutcome, type AppendRecord } from '../../shared/log/sqlite/store.ts';
import { prepareTables } from '../../shared/log/sqlite/tables.ts';
import type { Storage } from '../../shared/log/sqlite/threads.ts';
import { Trims } from '../../shared/log/sqlite/trims.ts';
import { Skips } from '../../shared/log/sqlite/skips.ts';

/** An append as a client numbers it, so that it is recorded once however often it is sent. */
export interface NumberedAppend {
  readonly producer: string;
  readonly sequence: number;
  readonly batches: readonly AppendBatch[];
  readonly requests: readonly KeyedRequest[];
}

export interface SimLog {
  append(append: NumberedAppend): Promise<AppendedOnce>;
  heads(partitions: readonly string[]): Promise<number[]>;
  subscribe(partition: string, from: number, onBatch: (batch: LogBatch) => Promise<void> | void): { close(): void };
  /** Whether there is no more room on its disk. */
  fill(isFull: boolean): void;
  /** Its process is killed and started again, over the same disk. */
  restart(): void;
}

/** The log in memory: with gaps between offsets. */
export class GappyLog implements SimLog {
  private readonly log: MemoryLog;
  private readonly recorded = new Map<string, Promise<AppendedOnce>>();
  private isFull = false;

  constructor(random: () => number) {
    this.log = new MemoryLog(random);
  }

  async append({ producer, sequence, batches, requests }: NumberedAppend): Promise<AppendedOnce> {
    const name = `${producer} ${sequence}`;
    let recorded = this.recorded.get(name);
    if (recorded === undefined) {
      if (this.isFull) throw new SheafError('LOG_FULL');
      this.recorded.set(name, (recorded = this.log.appendOnce(batches, requests)));
    }
    return await recorded;
  }

  async heads(partitions: readonly string[]): Promise<number[]> {
    return await this.log.heads(partitions);
  }

  subscribe(partition: string, from: number, onBatch: (batch: LogBatch) => Promise<void> | void): { close(): void } {
    return this.log.subscribe(partition, from, onBatch);
  }

  fill(isFull: boolean): void {
    this.isFull = isFull;
  }

  /** It remembers all that it ever did. */
  restart(): void {
    this.isFull = false;
  }
}

/** Longer than any client asks again: by the log's own time nothing is forgotten in a run. */
const idempotencyRetentionMs = 60_000;
/** Batches that a subscriber may be sent ahead. */
const credit = 4;

interface Reading {
  readonly partition: string;
  readonly onBatch: (batch: LogBatch) => Promise<void> | void;
  next: number;
  delivery: Delivery;
  isClosed: boolean;
}

/** The log over SQLite: its store, its reader and its service, without their threads and sockets. */
export class StoreLog implements SimLog {
  private readonly clock: Clock;
  private readonly database = new DatabaseSync(':memory:');
  private readonly readings = new Set<Reading>();
  private service: LogService;

  constructor(clock: Clock) {
    this.clock = clock;
    prepareTables(this.database, ':memory:', { newIdentity: 'simulated', isProved: false });
    this.service = this.open();
  }

  append({ producer, sequence, batches, requests }: NumberedAppend): Promise<AppendedOnce> {
    const record: AppendRecord = {
      producer,
      sequence,
      batches: batches.map(({ partition, count, bytes }) => ({ partition, count, bytes: bytes.length })),
      requests,
      body: new Uint8Array(Buffer.concat(batches.map(({ bytes }) => bytes))),
    };
    return new Promise((resolve, reject) => {
      this.service.append(record, (outcome) => {
        if (!outcome.ok) return reject(outcome.error);
        const { appended, outcomes } = outcome;
        resolve({ appended: [...appended], outcomes });
      });
    });
  }

  heads(partitions: readonly string[]): Promise<number[]> {
    return Promise.resolve(partitions.map((partition) => this.service.head(partition)));
  }

  subscribe(partition: string, from: number, onBatch: (batch: LogBatch) => Promise<void> | void): { close(): void } {
    const reading: Reading = { partition, onBatch, next: from, delivery: nothing, isClosed: false };
    this.readings.add(reading);
    this.attach(reading);
    return {
      close: () => {
        reading.isClosed = true;
        reading.delivery.cancel();
        this.readings.delete(reading);
      },
    };
  }

  fill(isFull: boolean): void {
    const pages = Number(this.database.prepare('PRAGMA page_count').get()?.['page_count']);
    this.database.exec(`PRAGMA max_page_count = ${isFull ? pages : 1_000_000}`);
  }

  restart(): void {
    for (const { delivery } of this.readings) delivery.cancel();
    this.service = this.open();
    for (const reading of this.readings) this.attach(reading);
  }

  private open(): LogService {
    const { database } = this;
    const store = new LogStore(database, { idempotencyRetentionMs });
    const reader = new LogReader(database);
    const skips = new Skips(database);
    const trims = new Trims(database);
    const runningMs = runningTime(store.newestMs(), this.clock);
    store.forgetProducers(runningMs());
    const storage: Storage = {
      append: (record, onOutcome) => {
        store.forgetRequests(runningMs());
        const [outcome] = store.appendAll([record], runningMs()) as [AppendOutcome];
        onOutcome(outcome);
      },
      read: (request, onOutcome) => queueMicrotask(() => onOutcome({ ok: true, batches: reader.read(request) })),
      skip: (partition, offset, onOutcome) => onOutcome(skips.skip(partition, offset)),
      trim: (partition, before, onOutcome) => onOutcome(trims.trim(partition, before)),
    };
    return new LogService(storage, { identity: 'simulated', heads: store.heads(), earliest: trims.earliest() });
  }

  /** Over a connection to the process that runs now. */
  private attach(reading: Reading): void {
    const { partition } = reading;
    let last = Promise.resolve();
    const delivery = this.service.subscribe(partition, reading.next, {
      onBatch: ({ firstOffset, lastOffset, bytes }) => {
        last = last.then(async () => {
          if (reading.isClosed || reading.delivery !== delivery) return;
          await reading.onBatch({ partition, firstOffset, count: lastOffset - firstOffset + 1, bytes });
          if (reading.delivery !== delivery) return;
          reading.next = lastOffset + 1;
          delivery.credit(1);
        });
      },
      onFailure: (error) => {
        throw error;
      },
    });
    reading.delivery = delivery;
    delivery.credit(credit);
  }
}

const nothing: Delivery = { credit: () => undefined, cancel: () => undefined };
