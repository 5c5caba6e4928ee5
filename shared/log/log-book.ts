/**
 * A partition that every process reads from its beginning, as this one has read it, and what it has to say there. Touches the world through
 * the log, and timers.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { SheafError } from '../errors.ts';
import type { StopReport } from '../protocol/reports.ts';
import type { Telemetry } from '../telemetry/telemetry.ts';
import type { AppendBatch } from './append-batch.ts';
import { BatchWriter, readEntries, type EntryKind } from './batch.ts';
import { followPartition } from './follow.ts';
import type { Log, LogBatch, Subscription } from './log.ts';
import { stopped } from './stop.ts';

const askTimeoutMs = 2000;
const askAgainMs = 500;

/** What the entries of a partition come to. */
export interface Fold<E> {
  /** The last offset that was read, −1 at the beginning. */
  readonly offset: number;
  /** Entries read since the last checkpoint. */
  readonly sinceCheckpoint: number;
  checkFirst(entry: E): void;
  apply(offset: number, entry: E): boolean;
  pass(offset: number): void;
}

/** A partition, and how its entries are read. */
export interface BookKind<E, T extends Fold<E>> {
  readonly partition: string;
  /** What it tells of, for telemetry and errors: `jobs`. */
  readonly of: string;
  readonly read: (kind: EntryKind, body: Uint8Array) => E;
  readonly write: (entry: E) => Uint8Array;
  /** @param isWhole whether it is read from its first entry on */
  readonly begin: (isWhole: boolean) => T;
  /** All that is known, as an entry. */
  readonly checkpoint: (table: T) => E;
}

export class LogBook<E, T extends Fold<E>> {
  protected table: T;
  private readonly kind: BookKind<E, T>;
  private readonly log: Log;
  private readonly telemetry: Telemetry;
  private readonly listeners = new Set<() => void>();
  private subscription: Subscription | null = null;
  private stop: StopReport | null = null;
  private isClosed = false;

  constructor(kind: BookKind<E, T>, log: Log, telemetry: Telemetry) {
    this.kind = kind;
    this.log = log;
    this.telemetry = telemetry;
    this.table = kind.begin(true);
    void this.begin();
  }

  /** Before which entry it stands still; null where it reads on. */
  get stopped(): StopReport | null {
    return this.stop;
  }

  /** An entry as a batch, to go into an append with others. */
  batch(entry: E): AppendBatch {
    const writer = new BatchWriter(-1);
    writer.add('put', '', this.kind.write(entry));
    return { partition: this.kind.partition, count: 1, bytes: writer.finish() };
  }

  /** Calls back after what was read may have changed something. */
  onChange(listener: () => void): { readonly stop: () => void } {
    this.listeners.add(listener);
    return { stop: () => void this.listeners.delete(listener) };
  }

  /**
   * Appends an entry and waits until this book has read it back; the table then says whether it counts.
   * @returns its offset
   * @throws SheafError LOG_UNAVAILABLE, LOG_FULL; PARTITION_STOPPED where nobody would read it
   */
  async append(entry: E): Promise<number> {
    if (this.stop !== null) throw stopped(this.kind.partition, this.stop);
    const [appended] = await this.log.append([this.batch(entry)]);
    await this.reach(appended!.lastOffset);
    return appended!.lastOffset;
  }

  /** Reads the log up to its present end. @throws SheafError LOG_UNAVAILABLE, PARTITION_STOPPED */
  async catchUp(): Promise<void> {
    const [head] = await this.log.heads([this.kind.partition], { timeoutMs: askTimeoutMs });
    await this.reach(head!);
  }

  /** Resolves when this offset is read. @throws SheafError PARTITION_STOPPED, LOG_UNAVAILABLE where it is not read in time */
  async reach(offset: number): Promise<void> {
    const { partition, of } = this.kind;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const look = (): void => {
      if (this.table.offset >= offset) resolve();
      else if (this.stop !== null) reject(stopped(partition, this.stop));
    };
    const late = setTimeout(() => {
      const reason = `the end of the ${of} was not read in ${askTimeoutMs} ms`;
      reject(new SheafError('LOG_UNAVAILABLE', { detail: { reason } }));
    }, askTimeoutMs);
    this.listeners.add(look);
    try {
      look();
      await promise;
    } finally {
      this.listeners.delete(look);
      clearTimeout(late);
    }
  }

  /** Writes down all there is as it is, and lets go of what stands before. It counts where nothing comes between. */
  async checkpoint(): Promise<void> {
    const offset = await this.append(this.kind.checkpoint(this.table));
    if (this.table.sinceCheckpoint <= this.table.offset - offset) await this.log.trim(this.kind.partition, offset);
  }

  close(): void {
    this.isClosed = true;
    this.subscription?.close();
  }

  /** From the earliest entry on. Asked until the log answers. */
  private async begin(): Promise<void> {
    while (!this.isClosed) {
      try {
        const [earliest] = await this.log.earliest([this.kind.partition], { timeoutMs: askTimeoutMs });
        return this.readFrom(earliest!);
      } catch {
        await sleep(askAgainMs, undefined, { ref: false });
      }
    }
  }

  private readFrom(earliest: number): void {
    if (this.isClosed) return;
    const { partition, of } = this.kind;
    this.table = this.kind.begin(earliest === 0);
    this.subscription = followPartition(this.log, {
      partition,
      from: earliest,
      onBatch: (batch) => this.read(batch),
      onRefused: (error) => {
        this.subscription?.close();
        if (error.code === 'LOG_TRIMMED') void this.begin();
        else this.telemetry.error({ err: error }, `the log is not the one of before: ${of} are not read on`);
      },
      onStop: (stop) => {
        this.stop = stop;
        if (stop === null) this.telemetry.info(`the ${of} are read on`);
        else this.telemetry.error({ ...stop }, `what is in the ${of} cannot be read: they stand still before it`);
        this.tell();
      },
    });
  }

  private read({ firstOffset, count, bytes }: LogBatch): void {
    const entries = Array.from(readEntries(bytes), ({ kind, body }) => this.kind.read(kind, body));
    if (entries[0] !== undefined) this.table.checkFirst(entries[0]);
    for (const [i, entry] of entries.entries()) this.table.apply(firstOffset + i, entry);
    this.table.pass(firstOffset + count - 1);
    this.tell();
  }

  private tell(): void {
    for (const listener of this.listeners) listener();
  }
}
