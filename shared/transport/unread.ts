/**
 * When a peer that does not read what is sent to it is given up. Pure.
 *
 * A peer that is busy reads late, and large answers of several tasks wait for it meanwhile: that is no reason to end the connection, which would fail
 * them all. A peer that takes nothing for long is given up, and so is one for whom too much is kept, so that memory is bounded.
 */
import { limits } from '../limits.ts';

/** Longer than a frame of the largest size takes over a network of 100 Mbit/s. */
export const unreadMsMax = 10_000;

export class Unread {
  private since: number | null = null;

  /** The peer has taken something that was written. */
  took(): void {
    this.since = null;
  }

  /** @param keptBytes those that the peer has not taken @param now in milliseconds of a clock that only goes forward */
  isStuck(keptBytes: number, now: number): boolean {
    if (keptBytes > limits.unreadBytesMax) return true;
    if (keptBytes <= limits.unreadLongBytesMax) this.since = null;
    else this.since ??= now;
    return this.since !== null && now - this.since >= unreadMsMax;
  }
}
