/**
 * How far one partition of the log has come, and since when this root has known it. Pure: offsets and times in.
 *
 * What is kept are steps, `up to this offset the log was known to have come at this time`. Of many the two neighbours are
 * joined whose span is the least part of their age, so that a partition that is written for days takes little more than
 * one that has begun. A joined step has the higher offset and the earlier time: an entry is never said to be known for
 * less than it is, and for a quarter more at most, up to a day.
 */

const stepsMax = 64;

export class PartitionHead {
  /** Ascending, as the times beside them. */
  private readonly offsets: number[] = [];
  private readonly times: number[] = [];

  /** Highest offset known, −1 before the first. */
  get offset(): number {
    return this.offsets.at(-1) ?? -1;
  }

  /** The log says that it has come up to here. Less than it said before is another copy of it, which begins anew. */
  heard(offset: number, now: number): void {
    const { offsets, times } = this;
    if (offset === this.offset) return;
    if (offset < this.offset) offsets.length = times.length = 0;
    if (offsets.length === stepsMax) this.join(now);
    offsets.push(offset);
    times.push(now);
  }

  /** Since when there is known to be an entry after this offset; null where there is none. */
  knownSince(offset: number): number | null {
    // Most who ask are close to the head.
    let at = this.offsets.length;
    while (at > 0 && this.offsets[at - 1]! > offset) at--;
    return this.times[at] ?? null;
  }

  /** The highest offset that was known at that time already; −1 where none was. */
  knownBy(time: number): number {
    let at = this.offsets.length;
    while (at > 0 && this.times[at - 1]! > time) at--;
    return this.offsets[at - 1] ?? -1;
  }

  private join(now: number): void {
    const { offsets, times } = this;
    let best = 0;
    let least = Infinity;
    for (let i = 0; i + 2 < times.length; i++) {
      const end = times[i + 2]!;
      const part = (end - times[i]!) / Math.max(1, now - end);
      if (part >= least) continue;
      least = part;
      best = i;
    }
    offsets.splice(best, 1);
    times.splice(best + 1, 1);
  }
}
