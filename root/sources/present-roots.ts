/**
 * Which roots there are to read sources: each holds a lease of its own, and each sees those of the others. A lane is wanted by the root whose name
 * and the lane's hash highest together, so that all agree as soon as they see the same, and a root that comes or goes moves its share only.
 */
import { hash64 } from '../../shared/hashing/hash.ts';
import type { Clock } from '../../shared/clock/clock.ts';
import type { Lease } from '../../shared/lease/lease-entry.ts';

const prefix = 'sources/root/';

export function presenceLease(incarnation: string): string {
  return `${prefix}${incarnation}`;
}

/** The roots that have been heard of lately, by their incarnations. */
export class PresentRoots {
  private readonly clock: Clock;
  private readonly seen = new Map<string, { readonly revision: number; readonly atMs: number }>();

  constructor(clock: Clock) {
    this.clock = clock;
  }

  /** @param leases all that are known; looked at often, as that they are renewed is seen by it */
  look(leases: readonly Lease[]): readonly string[] {
    const nowMs = this.clock.now();
    const present: string[] = [];
    const own = leases.filter(({ name }) => name.startsWith(prefix));
    for (const { name, revision, ttlMs } of own) {
      const before = this.seen.get(name);
      if (before?.revision !== revision) this.seen.set(name, { revision, atMs: nowMs });
      if (nowMs - this.seen.get(name)!.atMs < ttlMs) present.push(name.slice(prefix.length));
    }
    const names = new Set(own.map(({ name }) => name));
    for (const name of this.seen.keys()) if (!names.has(name)) this.seen.delete(name);
    return present;
  }
}

/** Whose a lane is; undefined where there is nobody. */
export function readerOf(lane: string, roots: readonly string[]): string | undefined {
  let best: string | undefined;
  let highest = -1n;
  for (const root of roots) {
    const hash = hash64(`${root}\n${lane}`);
    if (hash > highest || (hash === highest && root < best!)) [best, highest] = [root, hash];
  }
  return best;
}
