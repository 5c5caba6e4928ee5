/** What one root knows and may spend against stragglers, over all its queries. Pure: time is an argument. */
import { HedgeDelays } from './hedge-delay.ts';
import { LeafBook } from './leaf-book.ts';
import type { HedgeCounts } from './scatter.ts';
import { TokenBucket } from './token-bucket.ts';

/** Shards asked twice because of lateness, as a share of all; the burst saves the first queries from a frozen leaf. */
const hedgeBudget = { share: 0.05, capacity: 200 };
/** Shards asked again because of failures. A leaf that dies fails all it has in flight at once. */
const retryBudget = { share: 0.2, capacity: 1000 };

export class Defence {
  readonly book = new LeafBook();
  readonly hedgeDelays = new HedgeDelays();
  readonly hedgeBudget = new TokenBucket(hedgeBudget);
  readonly retryBudget = new TokenBucket(retryBudget);
  /** Told of the hedges of every round. */
  readonly onHedges: (counts: HedgeCounts) => void;

  constructor(onHedges: (counts: HedgeCounts) => void) {
    this.onHedges = onHedges;
  }
}
