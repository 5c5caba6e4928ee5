/**
 * What tasks took lately, as the leaf measures it itself: roots choose among replicas by it, and it holds no network.
 * The median, so that one heavy task does not make a fast leaf look slow. Pure.
 */
const keptMax = 32;
const keptMs = 5000;

export class RecentLatency {
  /** The last ones, oldest first. */
  private readonly taken: { readonly at: number; readonly tookMs: number }[] = [];

  record(tookMs: number, now: number): void {
    this.taken.push({ at: now, tookMs });
    if (this.taken.length > keptMax) this.taken.shift();
  }

  /** Milliseconds; undefined when no task was answered in the last five seconds. */
  median(now: number): number | undefined {
    const recent = this.taken.filter(({ at }) => now - at <= keptMs).map(({ tookMs }) => tookMs);
    return recent.sort((a, b) => a - b)[Math.floor(recent.length / 2)];
  }
}
