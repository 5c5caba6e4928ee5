/**
 * How far this thread is behind: requests wait in sockets where nobody sees them, and their time counts from too late.
 * Told by a tick that should come every 10 ms: as CoDel takes the shortest wait, so this takes the least lateness of the
 * last 100 to 200 ms, since a single long one is a burst and no queue. Pure.
 */
export const loopTickMs = 10;
/** Longer than a collection of garbage. */
const windowMs = 100;

export class LoopWatch {
  private tickedAt: number;
  private windowEnds: number;
  /** The least lateness of a tick in the present window, and in the one before. */
  private least = Infinity;
  private leastBefore = 0;

  constructor(now: number) {
    this.tickedAt = now;
    this.windowEnds = now + windowMs;
  }

  /** To be called every `loopTickMs`. */
  tick(now: number): void {
    this.least = Math.min(this.least, Math.max(0, now - this.tickedAt - loopTickMs));
    this.tickedAt = now;
    if (now < this.windowEnds) return;
    this.windowEnds = now + windowMs;
    this.leastBefore = this.least;
    this.least = Infinity;
  }

  /** Milliseconds by which every tick was late at least; 0 while all is well. */
  get behindMs(): number {
    return Math.min(this.least, this.leastBefore);
  }
}
