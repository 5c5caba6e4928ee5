/**
 * One direction of the network between two processes. Every message takes a time of its own, so messages overtake one
 * another; while there are faults, some are lost, some come twice, and some wait until a clog is gone.
 */
import type { Random } from '../../shared/random/random.ts';
import type { VirtualTime } from './virtual-time.ts';

export interface LinkFaults {
  readonly lossChance: number;
  readonly duplicateChance: number;
  /** Mean of what is added to each message's time, in milliseconds. */
  readonly slownessMs: number;
  /** Nothing comes through. */
  readonly cut: boolean;
  /** Nothing comes through before this time; then all of it does. */
  readonly cloggedUntil: number;
}

export const noLinkFaults: LinkFaults = {
  lossChance: 0,
  duplicateChance: 0,
  slownessMs: 0,
  cut: false,
  cloggedUntil: 0,
};

export class Link {
  faults: LinkFaults = noLinkFaults;
  private readonly time: VirtualTime;
  private readonly random: Random;

  constructor(time: VirtualTime, random: Random) {
    this.time = time;
    this.random = random;
  }

  /** Has `arrive` called when the message arrives: once, twice or never. */
  carry(arrive: () => void): void {
    const { random, faults } = this;
    if (faults.cut || random.chance(faults.lossChance)) return;
    const copies = random.chance(faults.duplicateChance) ? 2 : 1;
    for (let i = 0; i < copies; i++) {
      const delayMs = 0.1 + exponential(random, 0.1 + faults.slownessMs);
      this.time.at(Math.max(this.time.now() + delayMs, faults.cloggedUntil), arrive);
    }
  }
}

/** A time drawn from an exponential distribution. */
export function exponential(random: Random, meanMs: number): number {
  return -meanMs * Math.log(1 - random.next());
}
