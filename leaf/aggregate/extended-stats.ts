import type { ExtendedStatsPartial, ExtendedStatsRequest } from '../../shared/aggregation/extended-stats.ts';
import type { Segment } from '../segment/open.ts';
import { BucketProducts } from './bucket-sums.ts';
import { BucketTotals } from './bucket-totals.ts';
import type { MakeCollector } from './collecting-task.ts';
import type { PlainCollector } from './collector.ts';
import { NumberValues } from './column-values.ts';
import type { TaskBudget } from './task-budget.ts';

export const makeExtendedStats: MakeCollector<'extended_stats'> = (request, { budget }) =>
  new ExtendedStatsCollector(request, budget);

/** What any metric is made of, and the sum of squares. */
class ExtendedStatsCollector implements PlainCollector<ExtendedStatsPartial> {
  readonly sending = 'atOnce';
  /** Of names and five numbers. */
  readonly partialBytes = 104;
  private readonly values: NumberValues;
  private readonly totals: BucketTotals;
  private readonly squares: BucketProducts;

  constructor({ field, missing }: ExtendedStatsRequest, budget: TaskBudget) {
    this.values = new NumberValues(field, missing ?? null);
    this.totals = new BucketTotals(budget);
    this.squares = new BucketProducts(budget);
  }

  enterSegment(segment: Segment): void {
    this.values.enterSegment(segment);
  }

  collect(buckets: Uint32Array, docIds: Uint32Array, count: number): void {
    const { values, totals, squares } = this;
    values.begin(buckets, docIds, count);
    for (let n = values.next(); n > 0; n = values.next()) {
      totals.addAll(values.buckets, values.values, n);
      squares.hold(totals.buckets);
      squares.addAll(values.buckets, values.values, values.values, n);
    }
  }

  partial(bucket: number): ExtendedStatsPartial {
    const totals = this.totals.totals(bucket);
    return { kind: 'extended_stats', ...totals, squares: totals.count === 0 ? [] : this.squares.sum(bucket) };
  }
}
