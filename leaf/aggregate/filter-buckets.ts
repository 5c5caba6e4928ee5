import type { AggregationPartial, AggregationRequests } from '../../shared/aggregation/definition.ts';
import type { Counted } from '../../shared/aggregation/single-bucket.ts';
import type { Query } from '../../shared/query/query.ts';
import { countBits } from '../columns/bitset.ts';
import { markWith, type DocumentIterator } from '../evaluate/iterator.ts';
import type { Steps } from '../schedule/steps.ts';
import type { Segment } from '../segment/open.ts';
import type { CollectingTask } from './collecting-task.ts';
import type { SteppedCollector } from './collector.ts';
import type { CollectorSet } from './collector-set.ts';
import { batchMax, topBuckets } from './document-batch.ts';
import type { TermCaches } from './term-caches.ts';
import { longer, roomFor } from './room-for.ts';
import type { TaskBudget } from './task-budget.ts';
import { workOf, type TaskFilters } from './task-filters.ts';

interface FilterBucketsRequest {
  readonly filters: readonly Query[];
  /** Whether there is a bucket of the documents that match none. */
  readonly hasOther: boolean;
  readonly aggregations: AggregationRequests;
}

/** Documents that are looked at for one that is asked about, at most: where there are fewer, those between are passed over in words. */
const markedPerDocument = 8;
const markedWords = (markedPerDocument * batchMax) / 32 + 2;

/** Whether documents, of which none comes twice, are all from the first to the last. */
function areWithoutGaps(docIds: Uint32Array, count: number): boolean {
  const [first, last] = [docIds[0]!, docIds[count - 1]!];
  return last - first === count - 1;
}

/**
 * Documents by the filters that they match: a bucket for each, in each bucket of the parent. The buckets of a parent stand
 * one after the other, so none has to be looked up, and a parent's bucket that has any has all.
 */
export abstract class FilterBuckets<P extends AggregationPartial> implements SteppedCollector<P> {
  readonly sending = 'inSteps';
  private readonly filters: readonly Query[];
  private readonly hasOther: boolean;
  /** Buckets in each of the parent's. */
  private readonly size: number;
  private readonly work: number;
  private readonly task: TaskFilters;
  private readonly budget: TaskBudget;
  private readonly nested: CollectorSet;
  /** By filter, in the segment that was entered. */
  private iterators: readonly DocumentIterator[] = [];
  /** By bucket. */
  private counts = new Float64Array(0);
  /** Buckets of the parent that have any. */
  private parents = 0;
  /** By filter and place in the batch: 1 where the document matches. */
  private readonly matches: Uint8Array;
  /** Of documents that follow one another, or nearly so: those that match one filter, and those that match any. */
  private readonly marked = new Uint32Array(markedWords);
  private readonly others = new Uint32Array(markedWords);
  // What is passed on to the collectors nested here.
  private readonly ownBuckets = new Uint32Array(batchMax);
  private readonly ownDocIds = new Uint32Array(batchMax);
  private pending = 0;

  constructor({ filters, hasOther, aggregations }: FilterBucketsRequest, task: CollectingTask) {
    this.filters = filters;
    this.hasOther = hasOther;
    this.size = filters.length + (hasOther ? 1 : 0);
    this.work = filters.reduce((sum, filter) => sum + workOf(filter), 0);
    this.task = task.filters;
    this.budget = task.budget;
    this.nested = task.collectorsOf(aggregations);
    this.matches = new Uint8Array(filters.length * batchMax);
    for (const filter of filters) task.filters.add(filter);
  }

  get meanNeeded(): number {
    return this.size * (1 + this.nested.meanNeeded);
  }

  get meanWanted(): number {
    return this.size * (1 + this.nested.meanWanted);
  }

  prepare(segments: readonly Segment[], caches: TermCaches): Steps<void> {
    return this.nested.prepare(segments, caches);
  }

  enterSegment(segment: Segment): void {
    this.iterators = this.filters.map((filter) => this.task.iterate(filter));
    this.nested.enterSegment(segment);
  }

  collect(parents: Uint32Array, docIds: Uint32Array, count: number): void {
    this.budget.spend(count * this.work);
    this.reserve(parents, count);
    const isTop = parents === topBuckets;
    if (isTop && this.nested.isEmpty && areWithoutGaps(docIds, count)) return this.countRange(docIds[0]!, count);
    const isMarked = isTop && docIds[count - 1]! - docIds[0]! < markedPerDocument * count;
    this.iterators.forEach((iterator, filter) => {
      const from = filter * batchMax;
      if (isMarked && iterator.mark !== undefined) this.matchMarked(iterator, from, docIds, count);
      else this.match(iterator, from, docIds, count);
    });
    if (this.nested.isEmpty) this.countAll(parents, count);
    else this.passOn(parents, docIds, count);
  }

  wanted(): number {
    return this.meanWanted;
  }

  *partial(parent: number, share: number): Steps<P> {
    const { size, nested, counts } = this;
    this.budget.sendBuckets(size);
    this.budget.send(size * nested.bytesInEach);
    const shareOfEach = Math.max(0, share - size) / size;
    const buckets: Counted[] = [];
    for (let bucket = parent * size; bucket < (parent + 1) * size; bucket++) {
      buckets.push({ count: counts[bucket] ?? 0, aggregations: yield* nested.partials(bucket, shareOfEach) });
    }
    yield size;
    return this.partialOf(buckets);
  }

  /** @param buckets one a filter, and that of the others */
  protected abstract partialOf(buckets: readonly Counted[]): P;

  /** Notes from a place on which documents match. They ascend, and one may come several times in a row. */
  private match(iterator: DocumentIterator, from: number, docIds: Uint32Array, count: number): void {
    const { matches } = this;
    for (let i = 0; i < count; i++) {
      const docId = docIds[i]!;
      matches[from + i] = iterator.advance(docId, docId + 1) === docId ? 1 : 0;
    }
  }

  /** The same by words of a set. At the top, where no document comes twice. */
  private matchMarked(iterator: DocumentIterator, from: number, docIds: Uint32Array, count: number): void {
    const { matches, marked } = this;
    const base = this.mark(iterator, docIds[0]!, docIds[count - 1]! + 1);
    for (let i = 0; i < count; i++) {
      const place = docIds[i]! - base;
      matches[from + i] = (marked[place >>> 5]! >>> (place & 31)) & 1;
    }
  }

  /** Marks which documents match, from one on and before another, and returns the document of the first bit. */
  private mark(iterator: DocumentIterator, target: number, end: number): number {
    const base = target & ~31;
    this.marked.fill(0, 0, ((end - 1 - base) >>> 5) + 1);
    markWith(iterator, this.marked, { base, target, end });
    return base;
  }

  /** Counts documents that follow one another, at the top: by words of a set, and not one by one. */
  private countRange(first: number, count: number): void {
    const { counts, marked, others, hasOther } = this;
    const words = ((first & 31) + count + 31) >>> 5;
    if (hasOther) others.fill(0, 0, words);
    this.iterators.forEach((iterator, filter) => {
      this.mark(iterator, first, first + count);
      counts[filter]! += countBits(marked.subarray(0, words));
      if (!hasOther) return;
      for (let i = 0; i < words; i++) others[i]! |= marked[i]!;
    });
    if (hasOther) counts[this.filters.length]! += count - countBits(others.subarray(0, words));
  }

  private countAll(parents: Uint32Array, count: number): void {
    const { matches, counts, size, hasOther } = this;
    const filters = this.filters.length;
    for (let i = 0; i < count; i++) {
      const first = parents[i]! * size;
      let isOther = hasOther ? 1 : 0;
      for (let filter = 0; filter < filters; filter++) {
        if (matches[filter * batchMax + i] === 0) continue;
        counts[first + filter]!++;
        isOther = 0;
      }
      if (isOther === 1) counts[first + filters]!++;
    }
  }

  /** The same, and tells what is nested. All buckets of a document stand beside each other. */
  private passOn(parents: Uint32Array, docIds: Uint32Array, count: number): void {
    const { matches, size, hasOther } = this;
    const filters = this.filters.length;
    for (let i = 0; i < count; i++) {
      const first = parents[i]! * size;
      let isOther = hasOther;
      for (let filter = 0; filter < filters; filter++) {
        if (matches[filter * batchMax + i] === 0) continue;
        this.add(first + filter, docIds[i]!);
        isOther = false;
      }
      if (isOther) this.add(first + filters, docIds[i]!);
    }
    this.flush();
  }

  private add(bucket: number, docId: number): void {
    this.counts[bucket]!++;
    this.ownBuckets[this.pending] = bucket;
    this.ownDocIds[this.pending++] = docId;
    if (this.pending === batchMax) this.flush();
  }

  private flush(): void {
    if (this.pending > 0) this.nested.collect(this.ownBuckets, this.ownDocIds, this.pending);
    this.pending = 0;
  }

  /** Makes room for the buckets of all parents. @throws SheafError AGGREGATION_TOO_MANY_BUCKETS */
  private reserve(parents: Uint32Array, count: number): void {
    let needed = this.parents;
    for (let i = 0; i < count; i++) if (parents[i]! >= needed) needed = parents[i]! + 1;
    if (needed === this.parents) return;
    this.budget.holdSet((needed - this.parents) * this.size);
    this.parents = needed;
    if (needed * this.size <= this.counts.length) return;
    this.counts = longer(this.counts, new Float64Array(roomFor(needed * this.size, this.counts.length)));
  }
}
