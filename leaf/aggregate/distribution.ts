import type { DistributionPartial } from '../../shared/aggregation/distribution-partial.ts';
import { Distribution } from '../../shared/aggregation/distribution.ts';
import type { Segment } from '../segment/open.ts';
import { BucketSets } from './bucket-sets.ts';
import { NumberValues } from './column-values.ts';
import type { TaskBudget } from './task-budget.ts';

interface DistributionRequest {
  readonly field: string;
  readonly missing?: number;
}

/** What a value that is kept or put into its bin takes, in values that are added up. */
const workPerValue = 4;

const empty = new Distribution().partial();

/** The values in each bucket, or sketches of them: of any kind that is made of a distribution. */
export class DistributionCollector extends BucketSets<DistributionPartial, Distribution> {
  private readonly values: NumberValues;

  constructor({ field, missing }: DistributionRequest, budget: TaskBudget) {
    super(budget);
    this.values = new NumberValues(field, missing ?? null);
  }

  enterSegment(segment: Segment): void {
    this.values.enterSegment(segment);
  }

  collect(buckets: Uint32Array, docIds: Uint32Array, count: number): void {
    const { values } = this;
    values.begin(buckets, docIds, count);
    for (let n = values.next(); n > 0; n = values.next()) {
      this.budget.spend(workPerValue * n);
      for (let i = 0; i < n; i++) {
        const bucket = values.buckets[i]!;
        const distribution = this.setOf(bucket);
        if (distribution.add(values.values[i]!)) this.hold(bucket, distribution);
      }
    }
  }

  protected make(): Distribution {
    return new Distribution();
  }

  protected emptyPartial(): DistributionPartial {
    return empty;
  }
}
