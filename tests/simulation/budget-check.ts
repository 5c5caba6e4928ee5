/** Watches a budget: what it grants against what it may. */
import type { BudgetOptions, TokenBucket } from '../../root/scatter/token-bucket.ts';

export class BudgetCheck {
  private readonly name: string;
  private readonly options: BudgetOptions;
  /** Units of ordinary work, and of extra work that was allowed. */
  earned = 0;
  granted = 0;
  private largest = 1;

  constructor(name: string, bucket: TokenBucket, options: BudgetOptions) {
    this.name = name;
    this.options = options;
    const earn = bucket.earn.bind(bucket);
    const take = bucket.take.bind(bucket);
    bucket.earn = (units) => {
      this.earned += units;
      earn(units);
    };
    bucket.take = (units) => {
      const granted = take(units);
      if (granted) {
        this.granted += units;
        this.largest = Math.max(this.largest, units);
      }
      return granted;
    };
  }

  check(violate: (what: string) => void): void {
    const { share, capacity } = this.options;
    const allowed = capacity + share * this.earned + this.largest - 1;
    if (this.granted > allowed) violate(`${this.granted} shards of ${this.name}, at most ${allowed} are allowed`);
  }
}
