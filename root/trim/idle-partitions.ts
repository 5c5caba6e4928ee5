/** Partitions of indexes that nobody writes to. Pure but for the clock it is given. */
import type { Clock } from '../../shared/clock/clock.ts';

const idleMs = 3_600_000;

export class IdlePartitions {
  private readonly clock: Clock;
  /** By partition its last offset, and since when it is that. */
  private seen = new Map<string, { readonly head: number; readonly sinceMs: number }>();

  constructor(clock: Clock) {
    this.clock = clock;
  }

  /** @param heads of all partitions there are @returns those to which nothing was appended for an hour of looks */
  look(heads: ReadonlyMap<string, number>): ReadonlySet<string> {
    const now = this.clock.now();
    const idle = new Set<string>();
    const seen = new Map<string, { readonly head: number; readonly sinceMs: number }>();
    for (const [partition, head] of heads) {
      const before = this.seen.get(partition);
      const since = before?.head === head ? before : { head, sinceMs: now };
      seen.set(partition, since);
      if (now - since.sinceMs >= idleMs) idle.add(partition);
    }
    this.seen = seen;
    return idle;
  }
}
