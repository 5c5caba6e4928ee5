/** A budget that counts what it has refused to one query. */
import type { TokenBucket } from '../../root/scatter/token-bucket.ts';

type Budget = Pick<TokenBucket, 'earn' | 'take'>;

export class RefusalCount implements Budget {
  refused = 0;
  private readonly budget: Budget;

  constructor(budget: Budget) {
    this.budget = budget;
  }

  earn(units: number): void {
    this.budget.earn(units);
  }

  take(units: number): boolean {
    const granted = this.budget.take(units);
    if (!granted) this.refused++;
    return granted;
  }
}
