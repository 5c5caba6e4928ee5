import { bordersOf, type DateHistogramRequest } from '../../shared/aggregation/date-histogram.ts';
import type { DateBorders } from '../../shared/dates/date-borders.ts';
import type { CollectingTask, MakeCollector } from './collecting-task.ts';
import { HistogramBuckets, type KeptKeys } from './histogram-buckets.ts';

export const makeDateHistogram: MakeCollector<'date_histogram'> = (request, task) =>
  new DateHistogramCollector(request, task);

/** Documents by the instant at which the day, month or other interval of a value begins. */
class DateHistogramCollector extends HistogramBuckets {
  private readonly borders: DateBorders;

  constructor(request: DateHistogramRequest, task: CollectingTask) {
    super(request, task, keptKeys(request));
    this.borders = bordersOf(request);
  }

  protected keyOfValue(value: number): number {
    return this.borders.floor(value);
  }
}

/** Buckets that begin within the bounds, the later one excluded. */
function keptKeys({ hardBounds }: DateHistogramRequest): KeptKeys | null {
  if (hardBounds === undefined) return null;
  const { min = -Infinity, max = Infinity } = hardBounds;
  return { first: min, last: max - 1 };
}
