import { SheafError } from '../errors.ts';
import { limits } from '../limits.ts';

/** Counts the buckets of one answer. */
export class BucketBudget {
  private used = 0;

  /** @throws SheafError AGGREGATION_TOO_MANY_BUCKETS when the answer would have more than `limits.bucketsMax` in all */
  take(count: number): void {
    this.used += count;
    // So written that a count that is no number is refused too.
    if (!(this.used <= limits.bucketsMax)) {
      throw new SheafError('AGGREGATION_TOO_MANY_BUCKETS', { detail: { limit: limits.bucketsMax, actual: this.used } });
    }
  }
}
