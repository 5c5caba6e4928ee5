/**
 * A budget that is a share of the work it goes with: every unit of ordinary work earns a fraction of a token, every
 * unit of extra work costs one. No clock: without work nothing is earned. Used as a fuse on hedges and on retries.
 *
 * Invariant: units taken ≤ capacity + share × units earned for + (largest single take − 1).
 *
 * Source: the retry throttling of gRPC (proposal A6); Envoy's retry budgets are the same share without the burst.
 */
export interface BudgetOptions {
  /** Tokens one unit of ordinary work earns, 0 to 1. */
  readonly share: number;
  /** Tokens held at most, and at the start: what may be spent in a burst. At least 1. */
  readonly capacity: number;
}

export class TokenBucket {
  private readonly share: number;
  private readonly capacity: number;
  private tokens: number;

  constructor({ share, capacity }: BudgetOptions) {
    this.share = share;
    this.capacity = capacity;
    this.tokens = capacity;
  }

  /** So much ordinary work was done. */
  earn(units: number): void {
    this.tokens = Math.min(this.capacity, this.tokens + this.share * units);
  }

  /**
   * Takes tokens for so many units, or none. What costs more than the bucket holds is allowed when the bucket is full
   * and leaves a debt; otherwise a task over many shards could never be hedged.
   */
  take(units: number): boolean {
    if (this.tokens < Math.min(units, this.capacity)) return false;
    this.tokens -= units;
    return true;
  }
}
