/**
 * A quantile of what was recorded lately. Counts in buckets that are 5 % wide, for the present window and the one
 * before, so that a value is remembered for one to two windows. Time is an argument.
 *
 * Error: the quantile is given as the upper end of its bucket, so at most 5 % too high and never too low.
 * Cost: record O(1); quantile a walk over 2 × 256 counters, kept until something is recorded. 3 KB.
 *
 * Source: buckets that grow geometrically as in DDSketch (Masson, Rim and Lee, 2019), without its merging.
 */
const growth = 1.05;
const logGrowth = Math.log(growth);
/** The lowest bucket is everything up to this; in milliseconds, a tenth of a microsecond over nothing. */
const lowest = 0.05;
/** 256 buckets reach to 0.05 × 1.05^255: 12,700, in milliseconds more than 12 s. */
const buckets = 256;

export class WindowedQuantile {
  private readonly windowMs: number;
  private present = new Uint32Array(buckets);
  private before = new Uint32Array(buckets);
  private presentCount = 0;
  private beforeCount = 0;
  private windowEnds = -Infinity;

  constructor(windowMs: number) {
    this.windowMs = windowMs;
  }

  /** @param value not negative; the same unit always */
  record(value: number, now: number): void {
    this.turn(now);
    this.present[bucketOf(value)]!++;
    this.presentCount++;
  }

  /** Values remembered. */
  count(now: number): number {
    this.turn(now);
    return this.presentCount + this.beforeCount;
  }

  /** The value that a share `q` (0 to 1) of those remembered does not exceed; undefined when there is none. */
  quantile(q: number, now: number): number | undefined {
    const count = this.count(now);
    if (count === 0) return undefined;
    const wanted = Math.max(1, Math.ceil(q * count));
    let seen = 0;
    for (let bucket = 0; bucket < buckets; bucket++) {
      seen += this.present[bucket]! + this.before[bucket]!;
      if (seen >= wanted) return lowest * growth ** bucket;
    }
    throw new Error(`counted ${count} values, found ${seen}`);
  }

  private turn(now: number): void {
    if (now < this.windowEnds) return;
    const wholeWindowMissed = now >= this.windowEnds + this.windowMs;
    [this.before, this.present] = [this.present, this.before];
    this.beforeCount = wholeWindowMissed ? 0 : this.presentCount;
    this.presentCount = 0;
    this.present.fill(0);
    if (wholeWindowMissed) this.before.fill(0);
    this.windowEnds = now + this.windowMs;
  }
}

function bucketOf(value: number): number {
  if (value <= lowest) return 0;
  // The small step back keeps a value that is exactly a bucket's upper end in that bucket.
  return Math.min(buckets - 1, Math.ceil(Math.log(value / lowest) / logGrowth - 1e-9));
}
