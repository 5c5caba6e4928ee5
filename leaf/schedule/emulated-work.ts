/**
 * Work that takes time but no core, for benchmarks: a generator of load on the same machine can then overload a leaf
 * without eating the core the leaf needs. One job at a time occupies the leaf, for a fixed time each. No I/O.
 */
export interface EmulatedWorkOptions {
  /** Over 0. */
  readonly taskMs: number;
  /** Asks that the scheduler's turn come again in so many milliseconds. */
  readonly wakeAfter: (delayMs: number) => void;
}

/** A timer that comes so much too late costs no capacity: the next job counts from when the last should have ended. */
const timerLatenessMs = 2;

export class EmulatedWork {
  private readonly options: EmulatedWorkOptions;
  private freeAt = -Infinity;
  private wakingAt = -Infinity;

  constructor(options: EmulatedWorkOptions) {
    this.options = options;
  }

  /** A job starts: the leaf is occupied for the time of one task. */
  occupy(now: number): void {
    const startedAt = now - this.freeAt < timerLatenessMs ? Math.min(now, this.freeAt) : now;
    this.freeAt = startedAt + this.options.taskMs;
  }

  /** Whether the leaf has to wait; it has asked to be woken then. */
  isOccupied(now: number): boolean {
    if (now >= this.freeAt) return false;
    if (this.wakingAt < this.freeAt) {
      this.wakingAt = this.freeAt;
      this.options.wakeAfter(this.freeAt - now);
    }
    return true;
  }
}
