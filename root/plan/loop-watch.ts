/**
 * Whether this thread is what holds queries up: requests then wait in sockets where nobody sees them, and their time
 * counts from too late. Told by a tick that comes late again and again: as with CoDel, a lateness that is short at times
 * is a good one, and one that stands for a whole interval is a queue. Pure.
 */
export interface LoopWatchOptions {
  /** Milliseconds between ticks. */
  readonly tickMs: number;
  /** A lateness that may stand, in milliseconds. */
  readonly targetMs: number;
  /** Longer than a collection of garbage, in milliseconds. */
  readonly intervalMs: number;
}

export const loopWatchDefaults: LoopWatchOptions = { tickMs: 10, targetMs: 5, intervalMs: 100 };

export class LoopWatch {
  private readonly options: LoopWatchOptions;
  private tickedAt: number;
  /** Since when every tick has been late; null after one that was not. */
  private lateSince: number | null = null;

  constructor(now: number, options: LoopWatchOptions = loopWatchDefaults) {
    this.options = options;
    this.tickedAt = now;
  }

  /** To be called every `tickMs`. */
  tick(now: number): void {
    const { tickMs, targetMs } = this.options;
    if (now - this.tickedAt - tickMs < targetMs) this.lateSince = null;
    else this.lateSince ??= this.tickedAt;
    this.tickedAt = now;
  }

  /** Every tick of the last interval was late. */
  isStanding(now: number): boolean {
    return this.lateSince !== null && now - this.lateSince >= this.options.intervalMs;
  }
}
