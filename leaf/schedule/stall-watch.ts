/**
 * Since when what is read now may have been waiting. A process that was stopped finds tasks in its sockets whose time
 * is over, and cannot tell when they came: it assumes that they came as it stopped. It notices by a tick that comes
 * too late. Pure.
 */
export interface StallWatchOptions {
  /** Milliseconds between ticks. */
  readonly tickMs: number;
  /** A tick that is late by less is no stall: a busy machine does that. */
  readonly toleranceMs: number;
  /** What is read for so long after a stall may still have come before its end. */
  readonly backlogMs: number;
}

export const stallWatchDefaults: StallWatchOptions = { tickMs: 50, toleranceMs: 50, backlogMs: 50 };

export class StallWatch {
  private readonly options: StallWatchOptions;
  private tickedAt: number;
  /** The last stall: its beginning, and until when it matters. */
  private stalledAt = -Infinity;
  private mattersUntil = -Infinity;

  constructor(now: number, options: StallWatchOptions = stallWatchDefaults) {
    this.options = options;
    this.tickedAt = now;
  }

  /** To be called every `tickMs`. */
  tick(now: number): void {
    this.notice(now);
    this.tickedAt = now;
  }

  /** The earliest time at which something that is read now can have come. */
  cameAfter(now: number): number {
    this.notice(now);
    return now < this.mattersUntil ? this.stalledAt : now;
  }

  private notice(now: number): void {
    const { tickMs, toleranceMs, backlogMs } = this.options;
    if (now - this.tickedAt <= tickMs + toleranceMs || now < this.mattersUntil) return;
    this.stalledAt = this.tickedAt;
    this.mattersUntil = now + backlogMs;
  }
}
