/** What one root knows and may spend against stragglers, over all its queries. Pure: time is an argument. */
import { HedgeDelays } from './hedge-delay.ts';
import { LeafBook } from './leaf-book.ts';
import type { HedgeCounts } from './scatter.ts';
import { TokenBucket, type BudgetOptions } from './token-bucket.ts';

/** Shards asked twice because of lateness, as a share of all; the burst saves the first queries from a frozen leaf. */
const hedgeBudgetDefault = { share: 0.05, capacity: 200 };
/** Shards asked again because of failures. A leaf that dies fails all it has in flight at once. */
const retryBudgetDefault = { share: 0.2, capacity: 1000 };

export interface DefenceOptions {
  /** False: what is late is waited for. */
  readonly hedging: boolean;
  /** Of the root; undefined where it is in none. */
  readonly zone?: string;
  /** Told of the hedges of every round. */
  readonly onHedges: (counts: HedgeCounts) => void;
  readonly hedgeBudget?: BudgetOptions;
  readonly retryBudget?: BudgetOptions;
}

export class Defence {
  readonly hedging: boolean;

  readonly book: LeafBook;
  readonly hedgeDelays = new HedgeDelays();
  readonly hedgeBudget: Pick<TokenBucket, 'earn' | 'take'>;
  readonly retryBudget: Pick<TokenBucket, 'earn' | 'take'>;
  readonly onHedges: DefenceOptions['onHedges'];

  constructor(options: DefenceOptions) {
    this.hedging = options.hedging;
    this.book = new LeafBook(options.zone);
    this.onHedges = options.onHedges;
    this.hedgeBudget = new TokenBucket(options.hedgeBudget ?? hedgeBudgetDefault);
    this.retryBudget = new TokenBucket(options.retryBudget ?? retryBudgetDefault);
  }
}
