import type { HistogramPartial } from '../../shared/aggregation/histogram-options.ts';
import type { DateRangeRequest, IpRangeRequest, RangeRequest } from '../../shared/aggregation/range.ts';
import type { Steps } from '../schedule/steps.ts';
import type { Segment } from '../segment/open.ts';
import { Buckets, type BucketRequest } from './buckets.ts';
import type { CollectingTask, MakeCollector } from './collecting-task.ts';
import { NumberValues, OrdinalValues, type ColumnValues } from './column-values.ts';
import { batchMax } from './document-batch.ts';
import { sendAll } from './histogram-buckets.ts';
import { RangeFinder } from './range-finder.ts';

export const makeRange: MakeCollector<'range'> = (request, task) => new NumberRangeCollector(request, task);

export const makeDateRange: MakeCollector<'date_range'> = (request, task) => new NumberRangeCollector(request, task);

export const makeIpRange: MakeCollector<'ip_range'> = (request, task) => new AddressRangeCollector(request, task);

/** Documents by the ranges that their values fall in, known by their place in the request. */
abstract class RangeCollector extends Buckets<HistogramPartial> {
  protected abstract readonly finder: RangeFinder;
  protected abstract readonly values: ColumnValues<Float64Array | Uint32Array>;
  private readonly foundDocIds = new Uint32Array(batchMax);

  constructor(request: BucketRequest, task: CollectingTask) {
    super(request, task, sendAll);
  }

  collect(parents: Uint32Array, docIds: Uint32Array, count: number): void {
    const { values } = this;
    values.begin(parents, docIds, count);
    for (let n = values.next(); n > 0; n = values.next()) {
      this.budget.work += n;
      this.collectPiece(n);
    }
  }

  /** A value may be in many ranges, so what is found is filed whenever there is a batch of it. */
  private collectPiece(n: number): void {
    const { values, finder, table, found, foundDocIds } = this;
    let filled = 0;
    for (let i = 0; i < n; i++) {
      const value = values.values[i]!;
      const end = finder.seek(value);
      for (let at = finder.first; at < end; at++) {
        if (!finder.holds(at, value)) continue;
        if (filled === batchMax) {
          this.file(foundDocIds, filled, values.isSingle);
          this.budget.work += filled;
          filled = 0;
        }
        found[filled] = table.bucketOf(values.buckets[i]!, finder.places[at]!);
        foundDocIds[filled++] = values.docIds[i]!;
      }
    }
    this.file(foundDocIds, filled, values.isSingle);
  }

  protected keyOf(bucket: number): number {
    return this.table.keyOf(bucket);
  }

  protected get areKeysOrdered(): boolean {
    return true;
  }

  protected *rankKeys(): Steps<void> {
    // Places compare as they are.
  }

  protected compareKeysOf(bucketA: number, bucketB: number): number {
    return this.table.keyOf(bucketA) - this.table.keyOf(bucketB);
  }
}

class NumberRangeCollector extends RangeCollector {
  protected readonly finder: RangeFinder;
  protected readonly values: NumberValues;

  constructor(request: RangeRequest | DateRangeRequest, task: CollectingTask) {
    super(request, task);
    this.values = new NumberValues(request.field, request.missing ?? null);
    this.finder = new RangeFinder(request.ranges.map(({ from = -Infinity, to = Infinity }) => ({ from, to })));
  }

  protected enter(segment: Segment): void {
    this.values.enterSegment(segment);
  }
}

const noRanges = new RangeFinder([]);

/** Keys of addresses are in the order of their ordinals, which is that of the addresses. */
class AddressRangeCollector extends RangeCollector {
  /** Of ordinals of the segment that was entered. */
  protected finder = noRanges;
  protected readonly values: OrdinalValues;
  private readonly ranges: IpRangeRequest['ranges'];

  constructor(request: IpRangeRequest, task: CollectingTask) {
    super(request, task);
    this.values = new OrdinalValues(request.field);
    this.ranges = request.ranges;
  }

  protected enter(segment: Segment): void {
    const field = this.values.enterSegment(segment);
    if (field === null) return;
    const { dictionary } = field;
    this.finder = new RangeFinder(
      this.ranges.map(({ from, to }) => ({
        from: from === undefined ? 0 : dictionary.lowerBound(from),
        to: to === undefined ? dictionary.size : dictionary.lowerBound(to),
      })),
    );
  }
}
