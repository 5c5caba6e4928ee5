import { ascendingBorders, BucketFinder } from '../../shared/aggregation/bucket-index.ts';
import type { HistogramRequest } from '../../shared/aggregation/histogram.ts';
import type { CollectingTask, MakeCollector } from './collecting-task.ts';
import { HistogramBuckets, type KeptKeys } from './histogram-buckets.ts';

export const makeHistogram: MakeCollector<'histogram'> = (request, task) => new HistogramCollector(request, task);

class HistogramCollector extends HistogramBuckets {
  private readonly finder: BucketFinder;

  constructor(request: HistogramRequest, task: CollectingTask) {
    super(request, task, keptKeys(request));
    this.finder = new BucketFinder(request);
  }

  protected override keysOf(values: Float64Array, count: number, keys: Float64Array): void {
    this.finder.indexesOf(values, count, keys);
  }

  protected keyOfValue(value: number): number {
    return this.finder.indexOf(value);
  }
}

/** Buckets that begin within the bounds, both included. */
function keptKeys(request: HistogramRequest): KeptKeys | null {
  if (request.hardBounds === undefined) return null;
  const { min, max } = request.hardBounds;
  const finder = new BucketFinder(request);
  return {
    first: min === undefined ? -Infinity : firstFrom(min, finder.indexOf(min), request),
    last: max === undefined ? Infinity : finder.indexOf(max),
  };
}

/** The first bucket that does not begin before a value. @param index of the bucket of the value */
function firstFrom(value: number, index: number, request: HistogramRequest): number {
  return ascendingBorders(request)(index) < value ? index + 1 : index;
}
