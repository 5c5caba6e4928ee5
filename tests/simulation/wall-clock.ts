/** The time of day as processes see it while a run lasts: it jumps by minutes and days, and virtual time goes on. */
import type { Clock } from '../../shared/clock/clock.ts';
import type { Random } from '../../shared/random/random.ts';

const minuteMs = 60_000;
const startMs = Date.UTC(2026, 0, 1);

export class WallClock {
  private readonly before = Date.now;
  private setMs = startMs;

  constructor(clock: Clock) {
    Date.now = () => Math.floor(this.setMs + clock.now());
  }

  /** Sets it forward or back, by a minute to ten days. @returns by how much, in milliseconds */
  jump(random: Random): number {
    const minutes = random.pick([1, 60, 24 * 60]) * random.integer(1, 10);
    const byMs = minutes * minuteMs * random.pick([-1, 1]);
    this.setMs += byMs;
    return byMs;
  }

  /** The run is over. */
  putBack(): void {
    Date.now = this.before;
  }
}
