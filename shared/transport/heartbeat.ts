/**
 * When a connection says that it is there, and when its peer has been silent for too long. Pure.
 *
 * TCP keeps a connection whose packets are dropped for many minutes, and takes half a minute to find out that they are not
 * any more. So both ends speak at every beat, and an end that hears nothing for some beats gives the connection up.
 *
 * A process that was itself stopped, or that had no processor, finds that much time has passed, and what its peers said
 * meanwhile still in its sockets. So silence is counted in beats, each in a turn of its own of the event loop, as well
 * as in time, and judged only after a turn's sockets have been read.
 */

export const heartbeatMs = 250;
/** Two seconds: longer than a busy machine leaves a process alone, as a rule, and than a few lost packets take. */
const silentBeatsMax = 8;
const silentMsMax = silentBeatsMax * heartbeatMs;

export class Heartbeat {
  private hasSent = false;
  private hasHeard = false;
  private silentBeats = 0;
  private silentSince: number;

  constructor(now: number) {
    this.silentSince = now;
  }

  /** Something was sent to the peer. */
  sent(): void {
    this.hasSent = true;
  }

  /** Anything came from the peer, a piece of a frame too. */
  heard(): void {
    this.hasHeard = true;
  }

  /**
   * A beat of about heartbeatMs is over.
   * @returns whether nothing was sent in it, so that a word is due
   */
  beat(now: number): boolean {
    if (this.hasHeard) {
      this.silentBeats = 0;
      this.silentSince = now;
    } else this.silentBeats++;
    const isDue = !this.hasSent;
    this.hasSent = false;
    this.hasHeard = false;
    return isDue;
  }

  /** Whether the peer is to be given up. To be asked after a beat, once the sockets have been read. */
  isSilent(now: number): boolean {
    return !this.hasHeard && this.silentBeats >= silentBeatsMax && now - this.silentSince >= silentMsMax;
  }
}
