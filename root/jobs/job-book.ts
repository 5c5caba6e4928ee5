/** The jobs as this root has read them from the log, and what it has to say about them. Touches the world through the log, and timers. */
import { setTimeout as sleep } from 'node:timers/promises';
import { SheafError } from '../../shared/errors.ts';
import { readJobEntry, writeJobEntry, type JobEntry } from '../../shared/jobs/job-entry.ts';
import { JobTable } from '../../shared/jobs/job-table.ts';
import type { AppendBatch } from '../../shared/log/append-batch.ts';
import { BatchWriter, readEntries } from '../../shared/log/batch.ts';
import { followPartition } from '../../shared/log/follow.ts';
import { jobsPartition, type Log, type LogBatch, type Subscription } from '../../shared/log/log.ts';
import { stopped } from '../../shared/log/stop.ts';
import type { StopReport } from '../../shared/protocol/reports.ts';
import type { Telemetry } from '../../shared/telemetry/telemetry.ts';

const askTimeoutMs = 2000;
const askAgainMs = 500;

/** An entry of jobs as a batch, to go into an append with others. */
export function jobBatch(entry: JobEntry): AppendBatch {
  const writer = new BatchWriter(-1);
  writer.add('put', '', writeJobEntry(entry));
  return { partition: jobsPartition, count: 1, bytes: writer.finish() };
}

export class JobBook {
  private readonly log: Log;
  private readonly telemetry: Telemetry;
  private readonly listeners = new Set<() => void>();
  private table = new JobTable(true);
  private subscription: Subscription | null = null;
  private stop: StopReport | null = null;
  private isClosed = false;

  constructor(log: Log, telemetry: Telemetry) {
    this.log = log;
    this.telemetry = telemetry;
    void this.begin();
  }

  /** Before which entry it stands still; null where it reads on. */
  get stopped(): StopReport | null {
    return this.stop;
  }

  get jobs(): Pick<JobTable, 'get' | 'all' | 'isFull' | 'moverOf' | 'offset' | 'sinceCheckpoint'> {
    return this.table;
  }

  /** Calls back after what was read may have changed something. */
  onChange(listener: () => void): { readonly stop: () => void } {
    this.listeners.add(listener);
    return { stop: () => void this.listeners.delete(listener) };
  }

  /**
   * Appends an entry and waits until this book has read it back; the jobs then say whether it counts.
   * @returns its offset
   * @throws SheafError LOG_UNAVAILABLE, LOG_FULL; PARTITION_STOPPED where nobody would read it
   */
  async append(entry: JobEntry): Promise<number> {
    if (this.stop !== null) throw stopped(jobsPartition, this.stop);
    const [appended] = await this.log.append([jobBatch(entry)]);
    await this.reach(appended!.lastOffset);
    return appended!.lastOffset;
  }

  /** Reads the log up to its present end. @throws SheafError LOG_UNAVAILABLE, PARTITION_STOPPED */
  async catchUp(): Promise<void> {
    const [head] = await this.log.heads([jobsPartition], { timeoutMs: askTimeoutMs });
    await this.reach(head!);
  }

  /** Resolves when this offset is read. @throws SheafError PARTITION_STOPPED, LOG_UNAVAILABLE where it is not read in time */
  async reach(offset: number): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const look = (): void => {
      if (this.table.offset >= offset) resolve();
      else if (this.stop !== null) reject(stopped(jobsPartition, this.stop));
    };
    const late = setTimeout(() => {
      const reason = `the end of the jobs was not read in ${askTimeoutMs} ms`;
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

  /** Writes down all jobs as they are, and lets go of what stands before. It counts where nothing comes between. */
  async checkpoint(): Promise<void> {
    const { offset: upTo } = this.table;
    const offset = await this.append({ entry: 'checkpoint', upTo, jobs: this.table.all() });
    if (this.table.sinceCheckpoint <= this.table.offset - offset) await this.log.trim(jobsPartition, offset);
  }

  close(): void {
    this.isClosed = true;
    this.subscription?.close();
  }

  /** From the earliest entry on. Asked until the log answers. */
  private async begin(): Promise<void> {
    while (!this.isClosed) {
      try {
        const [earliest] = await this.log.earliest([jobsPartition], { timeoutMs: askTimeoutMs });
        return this.readFrom(earliest!);
      } catch {
        await sleep(askAgainMs, undefined, { ref: false });
      }
    }
  }

  private readFrom(earliest: number): void {
    if (this.isClosed) return;
    this.table = new JobTable(earliest === 0);
    this.subscription = followPartition(this.log, {
      partition: jobsPartition,
      from: earliest,
      onBatch: (batch) => this.read(batch),
      onRefused: (error) => {
        this.subscription?.close();
        if (error.code === 'LOG_TRIMMED') void this.begin();
        else this.telemetry.error({ err: error }, 'the log is not the one of before: jobs are not read on');
      },
      onStop: (stop) => {
        this.stop = stop;
        if (stop === null) this.telemetry.info('the jobs are read on');
        else this.telemetry.error({ ...stop }, 'what is in the jobs cannot be read: they stand still before it');
        this.tell();
      },
    });
  }

  private read({ firstOffset, count, bytes }: LogBatch): void {
    const entries = Array.from(readEntries(bytes), ({ kind, body }) => readJobEntry(kind, body));
    if (entries[0] !== undefined) this.table.checkFirst(entries[0]);
    for (const [i, entry] of entries.entries()) this.table.apply(firstOffset + i, entry);
    this.table.pass(firstOffset + count - 1);
    this.tell();
  }

  private tell(): void {
    for (const listener of this.listeners) listener();
  }
}
