/** Watches a budget: what it grants against what it may, and that it refuses nothing that it holds. */
import type { BudgetOptions, TokenBucket } from '../../root/scatter/token-bucket.ts';

export class BudgetCheck {
  private readonly name: string;
  private readonly options: BudgetOptions;
  /** Units of ordinary work, and of extra work that was allowed. */
  earned = 0;
  granted = 0;
  private largest = 1;
  /** What it must hold, by what it was told and has granted. */
  private held: number;
  /** Of what was refused, for no reason, the first: what was asked for, and what was held. */
  private refused: { readonly units: number; readonly held: number } | null = null;

  constructor(name: string, bucket: Pick<TokenBucket, 'earn' | 'take'>, options: BudgetOptions) {
    this.name = name;
    this.options = options;
    this.held = options.capacity;
    const earn = bucket.earn.bind(bucket);
    const take = bucket.take.bind(bucket);
    bucket.earn = (units) => {
      this.earned += units;
      this.held = Math.min(options.capacity, this.held + options.share * units);
      earn(units);
    };
    bucket.take = (units) => {
      const granted = take(units);
      if (granted) {
        this.granted += units;
        this.held -= units;
        this.largest = Math.max(this.largest, units);
      } else if (this.held >= Math.min(units, options.capacity)) {
        this.refused ??= { units, held: this.held };
      }
      return granted;
    };
  }

  check(violate: (what: string) => void): void {
    const { refused, granted, largest } = this;
    const { share, capacity } = this.options;
    const allowed = capacity + share * this.earned + largest - 1;
    if (granted > allowed) violate(`${granted} shards of ${this.name}, at most ${allowed} are allowed`);
    if (refused !== null)
      violate(`${refused.units} shards of ${this.name} were refused, of ${refused.held} that were left`);
  }
}
