import { BucketFinder } from '../../shared/aggregation/bucket-index.ts';
import type { HistogramPartial, HistogramRequest } from '../../shared/aggregation/histogram.ts';
import { limits } from '../../shared/limits.ts';
import type { Steps } from '../schedule/steps.ts';
import type { Sending } from './buckets.ts';
import type { CollectingTask, MakeCollector } from './collecting-task.ts';
import { NumberBuckets } from './number-buckets.ts';
import { bucketsToSend, partialsOf, type Collected } from './send-buckets.ts';

export const makeHistogram: MakeCollector<'histogram'> = (request, task) => new HistogramCollector(request, task);

/** Documents by the interval that a value falls in. */
class HistogramCollector extends NumberBuckets<HistogramPartial> {
  private readonly finder: BucketFinder;

  constructor(request: HistogramRequest, task: CollectingTask) {
    // All buckets of a histogram are in its answer, so a part with too many is one too many for the whole.
    super(request, task, { sent: all, sizeMax: limits.bucketsMax });
    this.finder = new BucketFinder(request);
  }

  protected override keysOf(values: Float64Array, count: number, keys: Float64Array): void {
    this.finder.indexesOf(values, count, keys);
  }

  protected keyOfValue(value: number): number {
    return this.finder.indexOf(value);
  }
}

const all: Sending<HistogramPartial> = {
  needed: (count) => count,
  wanted: (count) => count,
  *send(collected: Collected, parent: number, _nestedNeeded: number, share: number): Steps<HistogramPartial> {
    const buckets = yield* bucketsToSend(collected, parent);
    collected.budget.send(buckets.length);
    return { kind: 'histogram', buckets: yield* partialsOf(collected, buckets, share) };
  },
};
