/**
 * Work that takes time but no core, for benchmarks: a generator of load on the same machine can then overload a leaf
 * without eating the core the leaf needs. One job at a time occupies the leaf, for a fixed time each. No I/O.
 */
export interface EmulatedWorkOptions {
  /** Over 0. */
  readonly taskMs: number;
  /** Carries out an action in about so many milliseconds. */
  readonly after: (delayMs: number, action: () => void) => void;
  /** Asks that the scheduler's turn come. */
  readonly wake: () => void;
}

/** A timer that comes so much too late costs no capacity: the next job counts from when the last should have ended. */
const timerLatenessMs = 2;

export class EmulatedWork {
  private readonly options: EmulatedWorkOptions;
  private freeAt = -Infinity;
  private isWaking = false;

  constructor(options: EmulatedWorkOptions) {
    this.options = options;
  }

  get taskMs(): number {
    return this.options.taskMs;
  }

  /** A job starts: the leaf is occupied for the time of one task. */
  occupy(now: number): void {
    const startedAt = now - this.freeAt < timerLatenessMs ? Math.min(now, this.freeAt) : now;
    this.freeAt = startedAt + this.options.taskMs;
  }

  /** Whether the leaf has to wait; it has asked to be woken then. */
  isOccupied(now: number): boolean {
    if (now >= this.freeAt) return false;
    if (!this.isWaking) {
      this.isWaking = true;
      this.options.after(this.freeAt - now, () => {
        this.isWaking = false;
        this.options.wake();
      });
    }
    return true;
  }
}
