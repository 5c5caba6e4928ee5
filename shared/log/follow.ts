/**
 * Reads a partition on, and stands still before what cannot be read. Touches the world through the log it is given, and
 * timers.
 *
 * A reader that ended at such a batch would end again after each start; one that passed it over would hold something else
 * than the others. So it stays where it is and asks again now and then: the batch may be skipped meanwhile, by a word in
 * the log that every reader obeys.
 */
import type { SheafError } from '../errors.ts';
import type { StopReport } from '../protocol/reports.ts';
import type { Log, LogBatch, Subscription } from './log.ts';
import { stopAt } from './stop.ts';

export interface Following {
  readonly partition: string;
  readonly from: number;
  /** Takes a batch whole, or throws and has taken nothing of it. */
  readonly onBatch: (batch: LogBatch) => void;
  /** See Log.subscribe. */
  readonly onRefused?: (error: SheafError) => void;
  /** Told once of each batch that cannot be read, and with null when the partition is read on. */
  readonly onStop: (stop: StopReport | null) => void;
}

/** Often enough that a skipped batch is passed within seconds, and seldom enough to cost nothing. */
export const askAgainMs = 1000;

/** Reads until it is closed. */
export function followPartition(log: Log, following: Following): Subscription {
  return new Follower(log, following);
}

class Follower implements Subscription {
  readonly partition: string;
  private readonly log: Log;
  private readonly following: Following;
  private next: number;
  private stop: StopReport | null = null;
  private subscription: Subscription | null = null;
  private timer: NodeJS.Timeout | undefined;
  private closed = false;

  constructor(log: Log, following: Following) {
    this.log = log;
    this.following = following;
    this.partition = following.partition;
    this.next = following.from;
    this.subscribe();
  }

  close(): void {
    this.closed = true;
    clearTimeout(this.timer);
    this.subscription?.close();
  }

  private subscribe(): void {
    const { partition, onRefused } = this.following;
    let isOver = false;
    this.subscription = this.log.subscribe(
      partition,
      this.next,
      (batch) => {
        if (!isOver && !this.closed) isOver = !this.take(batch);
      },
      onRefused,
    );
  }

  /** Whether the next batch may come. */
  private take(batch: LogBatch): boolean {
    try {
      this.following.onBatch(batch);
    } catch (error) {
      this.standStill(batch, error);
      return false;
    }
    this.next = batch.firstOffset + batch.count;
    if (this.stop === null) return true;
    this.stop = null;
    this.following.onStop(null);
    return true;
  }

  private standStill({ firstOffset }: LogBatch, error: unknown): void {
    const before = this.stop;
    this.stop = stopAt(firstOffset, error);
    if (before?.offset !== firstOffset) this.following.onStop(this.stop);
    this.subscription?.close();
    // Who was told of the stop may have closed it.
    if (!this.closed) this.timer = setTimeout(() => this.subscribe(), askAgainMs);
  }
}
