/**
 * What is to be done for all jobs now and then: results that were kept for long enough are forgotten, and a checkpoint is written. Every root does
 * so, at the same time as others: what comes second changes nothing.
 */
import type { Clock } from '../../shared/clock/clock.ts';
import type { Timers } from '../../shared/clock/timers.ts';
import { asSheafError } from '../../shared/errors.ts';
import { limits } from '../../shared/limits.ts';
import { CheckpointDue } from '../../shared/log/checkpoint-due.ts';
import type { Telemetry } from '../../shared/telemetry/telemetry.ts';
import type { JobBook } from './job-book.ts';

export interface KeeperDependencies {
  readonly book: JobBook;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly telemetry: Telemetry;
}

const keepEveryMs = 60_000;
/** What a job came to is kept for a day after a root has seen that it has ended. */
const resultKeptMs = 86_400_000;

export class JobKeeper {
  private readonly root: KeeperDependencies;
  /**
   * When this root has seen first that a job has ended, on its own clock. The time of day is no measure: it is that of whoever wrote the entry, and
   * where it is set forward by a day every result would be gone.
   */
  private readonly endSeenAt = new Map<number, number>();
  private readonly due: CheckpointDue;
  private readonly listening: { readonly stop: () => void };
  private keeping: { readonly cancel: () => void } | null = null;
  private isClosed = false;

  constructor(root: KeeperDependencies) {
    this.root = root;
    this.due = new CheckpointDue(root.clock);
    this.listening = root.book.onChange(() => this.look());
    this.look();
    this.keepLater();
  }

  close(): void {
    this.isClosed = true;
    this.listening.stop();
    this.keeping?.cancel();
  }

  private look(): void {
    const { book, clock } = this.root;
    for (const id of this.endSeenAt.keys()) if (book.jobs.get(id) === undefined) this.endSeenAt.delete(id);
    for (const { id, ended } of book.jobs.all()) {
      if (ended !== null && !this.endSeenAt.has(id)) this.endSeenAt.set(id, clock.now());
    }
  }

  private keepLater(): void {
    const { clock, timers } = this.root;
    if (!this.isClosed) this.keeping = timers.at(clock.now() + keepEveryMs, () => void this.keep());
  }

  private async keep(): Promise<void> {
    const { book, clock, telemetry } = this.root;
    try {
      const old = [...this.endSeenAt].filter(([, seenAt]) => clock.now() - seenAt >= resultKeptMs).map(([id]) => id);
      if (old.length > 0) await book.append({ entry: 'forget', jobs: old.slice(0, limits.jobsMax) });
      if (this.due.isDue(book.jobs)) await book.checkpoint();
    } catch (error) {
      telemetry.debug({ err: asSheafError(error) }, 'the jobs were not kept');
    }
    this.keepLater();
  }
}
