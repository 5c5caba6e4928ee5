/**
 * How far this thread is behind: requests wait in sockets where nobody sees them, and their time counts from too late.
 * Told by a tick that should come every 10 ms: as CoDel takes the shortest wait, so this takes the least lateness of the
 * last 8 ticks. One that is late, however late, is a burst or a machine that was away for a moment, and no queue. Pure.
 */
export const loopTickMs = 10;
const ticksToKnow = 8;

export class LoopWatch {
  private tickedAt: number;
  /** Of the last ticks, in no order. */
  private readonly latenessMs = new Float64Array(ticksToKnow);
  private ticks = 0;

  constructor(now: number) {
    this.tickedAt = now;
  }

  /** To be called every `loopTickMs`. */
  tick(now: number): void {
    this.latenessMs[this.ticks++ % ticksToKnow] = Math.max(0, now - this.tickedAt - loopTickMs);
    this.tickedAt = now;
  }

  /** Milliseconds by which every one of the last ticks was late at least; 0 while all is well. */
  get behindMs(): number {
    return Math.min(...this.latenessMs);
  }
}
