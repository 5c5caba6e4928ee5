/**
 * When a partition that every process reads from its beginning is to be written down anew: after so many entries, and now and then where there are none,
 * as what stands in it for ever has a log over Kafka keep all of its decisions (decisions-floor.ts). Pure but for the clock it is given.
 */
import type { Clock } from '../clock/clock.ts';
import type { Fold } from './log-book.ts';

const entriesMax = 1000;
const idleMs = 3_600_000;

export class CheckpointDue {
  private readonly clock: Clock;
  /** The last offset that was seen, and since when. */
  private seen = { offset: -1, sinceMs: 0 };

  constructor(clock: Clock) {
    this.clock = clock;
  }

  /** To be asked now and then. Of several processes that ask, one that writes the checkpoint has the others wait anew. */
  isDue({ offset, sinceCheckpoint }: Pick<Fold<unknown>, 'offset' | 'sinceCheckpoint'>): boolean {
    const now = this.clock.now();
    if (offset !== this.seen.offset) this.seen = { offset, sinceMs: now };
    return sinceCheckpoint >= entriesMax || (offset >= 0 && now - this.seen.sinceMs >= idleMs);
  }
}
