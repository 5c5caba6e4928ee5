import type { DistributionPartial } from '../../shared/aggregation/distribution-partial.ts';
import { Distribution } from '../../shared/aggregation/distribution.ts';
import type { Segment } from '../segment/open.ts';
import { BucketSets } from './bucket-sets.ts';
import type { Steps } from '../schedule/steps.ts';
import { NumberValues } from './column-values.ts';
import { countedPerDocument } from './nth-largest.ts';
import { bucketsOfBytes, type TaskBudget } from './task-budget.ts';

interface DistributionRequest {
  readonly field: string;
  readonly missing?: number;
}

/** What a value that is kept or put into its bin takes, in values that are added up. */
const workPerValue = 4;

/** Whole numbers from −32,768 to 32,767 are counted. */
const wholeReach = 32_768;

const empty = new Distribution().partial();

/** The values in each bucket, or sketches of them: of any kind that is made of a distribution. */
export class DistributionCollector extends BucketSets<DistributionPartial, Distribution> {
  private readonly values: NumberValues;
  /** At the top: how often each whole number from −wholeReach on was seen since the last `complete`; null before the first. */
  private whole: Uint32Array | null = null;

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
      if (values.isTop && this.countWhole(n)) continue;
      for (let i = 0; i < n; i++) {
        const bucket = values.buckets[i]!;
        const distribution = this.setOf(bucket);
        if (distribution.add(values.values[i]!)) this.hold(bucket, distribution);
      }
    }
  }

  /** At the top: what was counted is put into its bins. */
  *complete(): Steps<void> {
    const { whole } = this;
    if (whole === null) return;
    const distribution = this.setOf(0);
    for (let i = 0; i < whole.length; i++) {
      if (whole[i] !== 0 && distribution.addMany(i - wholeReach, whole[i]!)) this.hold(0, distribution);
    }
    whole.fill(0);
    yield whole.length / countedPerDocument;
  }

  /**
   * Counts small whole numbers one by one, where there is a sketch: most of them come many times, and have to find their bins but once.
   * Returns false where none is counted.
   */
  private countWhole(n: number): boolean {
    const distribution = this.setOf(0);
    if (distribution.isKept) return false;
    const { values } = this.values;
    const whole = (this.whole ??= this.makeWhole());
    for (let i = 0; i < n; i++) {
      const value = values[i]!;
      const place = value + wholeReach;
      // False for NaN, and for what is no place.
      if (place >= 0 && place < 2 * wholeReach && Math.floor(place) === place) whole[place]!++;
      else if (distribution.add(value)) this.hold(0, distribution);
    }
    return true;
  }

  private makeWhole(): Uint32Array {
    this.budget.hold(bucketsOfBytes(2 * wholeReach * Uint32Array.BYTES_PER_ELEMENT));
    return new Uint32Array(2 * wholeReach);
  }

  protected make(): Distribution {
    return new Distribution();
  }

  protected emptyPartial(): DistributionPartial {
    return empty;
  }
}
