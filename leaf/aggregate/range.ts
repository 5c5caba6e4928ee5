import type { HistogramPartial } from '../../shared/aggregation/histogram-options.ts';
import type { DateRangeRequest, IpRangeRequest, RangeRequest } from '../../shared/aggregation/range.ts';
import type { Steps } from '../schedule/steps.ts';
import type { Segment } from '../segment/open.ts';
import { Buckets, type BucketRequest } from './buckets.ts';
import type { CollectingTask, MakeCollector } from './collecting-task.ts';
import { NumberValues, OrdinalValues, type ColumnValues } from './column-values.ts';
import { batchMax, topBuckets } from './document-batch.ts';
import { sendAll } from './histogram-buckets.ts';
import { RangeFinder } from './range-finder.ts';

export const makeRange: MakeCollector<'range'> = (request, task) => new NumberRangeCollector(request, task);

export const makeDateRange: MakeCollector<'date_range'> = (request, task) => new NumberRangeCollector(request, task);

export const makeIpRange: MakeCollector<'ip_range'> = (request, task) => new AddressRangeCollector(request, task);

/** What a value of several takes to be sorted, in values that are added up. */
const workPerValue = 8;

/** Documents by the ranges that their values fall in, known by their place in the request. */
abstract class RangeCollector extends Buckets<HistogramPartial> {
  protected abstract readonly finder: RangeFinder;
  protected abstract readonly values: ColumnValues<Float64Array | Uint32Array>;
  private readonly foundDocIds = new Uint32Array(batchMax);
  /** The document that was looked at last, its values, and the places of the ranges that it is in. */
  private readonly own = new Uint32Array(1);
  private isLooked = false;
  private ownValues: Float64Array = new Float64Array(16);
  private readonly held: Uint32Array;
  private heldCount = 0;

  constructor(request: BucketRequest & { readonly ranges: readonly unknown[] }, task: CollectingTask) {
    super(request, task, sendAll);
    this.held = new Uint32Array(request.ranges.length);
  }

  override enterSegment(segment: Segment): void {
    super.enterSegment(segment);
    this.isLooked = false;
  }

  collect(parents: Uint32Array, docIds: Uint32Array, count: number): void {
    const { values } = this;
    if (!values.isOnce) return this.collectMany(parents, docIds, count);
    values.begin(parents, docIds, count);
    for (let n = values.next(); n > 0; n = values.next()) {
      this.budget.spend(n);
      this.collectPiece(n);
    }
  }

  /** Of documents with one value at most, which may be in many ranges: what is found is filed whenever there is a batch of it. */
  private collectPiece(n: number): void {
    const { values, finder, table, found, foundDocIds } = this;
    let filled = 0;
    for (let i = 0; i < n; i++) {
      const value = values.values[i]!;
      const end = finder.seek(value);
      for (let at = finder.first; at < end; at++) {
        if (!finder.holds(at, value)) continue;
        if (filled === batchMax) filled = this.fileFound(filled);
        found[filled] = table.bucketOf(values.buckets[i]!, finder.places[at]!);
        foundDocIds[filled++] = values.docIds[i]!;
      }
    }
    this.fileFound(filled);
  }

  /**
   * Of documents with any number of values. Which ranges hold one of them is found once for all buckets that a document is in: it comes
   * for each of these, one after the other.
   */
  private collectMany(parents: Uint32Array, docIds: Uint32Array, count: number): void {
    const { own, held, table, found, foundDocIds } = this;
    let filled = 0;
    for (let i = 0; i < count; i++) {
      const docId = docIds[i]!;
      if (!this.isLooked || docId !== own[0]) this.look(docId);
      for (let at = 0; at < this.heldCount; at++) {
        if (filled === batchMax) filled = this.fileFound(filled);
        found[filled] = table.bucketOf(parents[i]!, held[at]!);
        foundDocIds[filled++] = docId;
      }
    }
    this.fileFound(filled);
  }

  private look(docId: number): void {
    const { own, values, finder, held } = this;
    own[0] = docId;
    this.isLooked = true;
    values.begin(topBuckets, own, 1);
    let count = 0;
    for (let n = values.next(); n > 0; n = values.next()) {
      if (count + n > this.ownValues.length) this.ownValues = lengthened(this.ownValues, count + n);
      this.ownValues.set(values.values.subarray(0, n), count);
      count += n;
    }
    this.heldCount = finder.findAny(this.ownValues.subarray(0, count).sort(), held);
    this.budget.spend(workPerValue * count + finder.places.length);
  }

  /** Each document is in a bucket once. Returns how many are left to be filed. */
  private fileFound(count: number): number {
    this.budget.spend(count);
    this.file(this.foundDocIds, count, true);
    return 0;
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

function lengthened(values: Float64Array, needed: number): Float64Array {
  const longer = new Float64Array(Math.max(needed, 2 * values.length));
  longer.set(values);
  return longer;
}
