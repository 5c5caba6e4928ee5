import { batchMax, topBuckets } from '../aggregate/document-batch.ts';
import type { TaskBudget } from '../aggregate/task-budget.ts';
import type { TaskDocuments } from '../aggregate/task-documents.ts';
import { valueBlockSize } from '../columns/value-blocks.ts';
import { fillWith, type DocumentIterator } from '../evaluate/iterator.ts';
import type { MatchCounter } from '../evaluate/match-counter.ts';
import type { PrunedSearch } from '../evaluate/pruned-search.ts';
import type { HitCollector } from './hit-collector.ts';
import type { TopScores } from './top-scores.ts';
import type { TopSorted } from './top-sorted.ts';

/** One way to search a segment, range by range. */
export interface SegmentSearch {
  /** Documents it will look at over the whole segment, roughly. */
  readonly cost: number;
  /** First docId that was not looked at. */
  readonly position: number;
  /**
   * Searches from `start`, the position after the call before, up to `end`, or less where the aggregations' work has
   * reached `workMax`. Returns how many matches it counted.
   */
  searchRange(start: number, end: number, workMax: number): number;
}

/** Looks at every match, for hits and to count them. */
export class PlainSearch implements SegmentSearch {
  readonly cost: number;
  position = 0;
  private readonly iterator: DocumentIterator;
  private readonly hits: HitCollector;

  constructor(iterator: DocumentIterator, hits: HitCollector) {
    this.cost = iterator.cost;
    this.iterator = iterator;
    this.hits = hits;
  }

  searchRange(start: number, end: number): number {
    const { iterator, hits } = this;
    let matches = 0;
    for (let docId = iterator.advance(start, end); docId < end;) {
      matches++;
      hits.collect(docId);
      docId = docId + 1 < end ? iterator.advance(docId + 1, end) : end;
    }
    this.position = end;
    return matches;
  }
}

/** Counts matches, and looks at none for more. */
export class CountingSearch implements SegmentSearch {
  readonly cost: number;
  position = 0;
  private readonly counter: MatchCounter;

  constructor(counter: MatchCounter) {
    this.cost = counter.cost;
    this.counter = counter;
  }

  searchRange(start: number, end: number): number {
    this.position = end;
    return this.counter.count(start, end);
  }
}

/** How much larger a batch may be than the one before, as it is not known how much work its documents are. */
const batchGrowth = 8;

/** Takes batches of documents that match: see DocumentCollector. */
type CollectBatch = (buckets: Uint32Array, docIds: Uint32Array, count: number) => void;

/** What matches are passed on to. */
export interface Aggregating {
  readonly hits: HitCollector | null;
  readonly collectBatch: CollectBatch;
  readonly budget: TaskBudget;
  /** Is told how documents score; null where no collector asks. */
  readonly scored: TaskDocuments | null;
  /** Documents of a batch, 1 to `batchMax`. */
  readonly batchSizeMax: number;
}

/** Looks at every match, and passes them on to aggregations in batches. */
export class AggregatingSearch implements SegmentSearch {
  readonly cost: number;
  position = 0;
  private readonly iterator: DocumentIterator;
  private readonly hits: HitCollector | null;
  private readonly collectBatch: CollectBatch;
  private readonly budget: TaskBudget;
  private readonly scored: TaskDocuments | null;
  private readonly batchSizeMax: number;
  private readonly docIds = new Uint32Array(batchMax);
  /** Documents of the next batch: few where each is much work. */
  private batchSize = 1;

  constructor(iterator: DocumentIterator, { hits, collectBatch, budget, scored, batchSizeMax }: Aggregating) {
    this.cost = iterator.cost;
    this.iterator = iterator;
    this.hits = hits;
    this.collectBatch = collectBatch;
    this.budget = budget;
    this.scored = scored;
    this.batchSizeMax = batchSizeMax;
  }

  searchRange(start: number, end: number, workMax: number): number {
    const { collectBatch, budget, batchSizeMax } = this;
    let matches = 0;
    this.position = start;
    while (this.position < end) {
      const count = this.fill(end);
      const workBefore = budget.work;
      budget.beginBatch(count);
      if (count > 0) collectBatch(topBuckets, this.docIds, count);
      budget.endBatch();
      matches += count;
      const left = workMax - budget.work;
      if (left <= 0) break;
      const fitting = Math.floor((left * count) / Math.max(budget.work - workBefore, 1));
      this.batchSize = Math.max(1, Math.min(batchSizeMax, batchGrowth * this.batchSize, fitting));
    }
    return matches;
  }

  /** Takes the next matches before `end` into a batch. Returns how many. */
  private fill(end: number): number {
    const { iterator, hits, scored, docIds, batchSize } = this;
    if (hits === null && scored === null) {
      const found = fillWith(iterator, docIds, { target: this.position, end, countMax: batchSize });
      this.position = found === 0 ? end : docIds[found - 1]! + 1;
      return found;
    }
    scored?.beginBatch();
    let count = 0;
    let next = this.position;
    while (next < end && count < batchSize) {
      const docId = iterator.advance(next, end);
      if (docId >= end) {
        next = end;
        break;
      }
      hits?.collect(docId);
      scored?.add(docId, iterator.score());
      docIds[count++] = docId;
      next = docId + 1;
    }
    this.position = next;
    return count;
  }
}

/** Looks only at what can be among the best, and counts nothing. */
export class BestOnly implements SegmentSearch {
  readonly cost: number;
  position = 0;
  private readonly search: PrunedSearch;
  private readonly hits: TopScores;

  constructor(search: PrunedSearch, hits: TopScores) {
    this.cost = search.cost;
    this.search = search;
    this.hits = hits;
  }

  searchRange(start: number, end: number): number {
    this.search.searchRange(start, end, this.hits);
    this.position = end;
    return 0;
  }
}

/** Passes over blocks of documents that cannot be among the first by their sort key. Counts apart, or not at all. */
export class SortedBest implements SegmentSearch {
  readonly cost: number;
  position = 0;
  private readonly iterator: DocumentIterator;
  private readonly hits: TopSorted;
  private readonly counter: MatchCounter | null;

  constructor(iterator: DocumentIterator, hits: TopSorted, counter: MatchCounter | null) {
    this.cost = iterator.cost + (counter?.cost ?? 0);
    this.iterator = iterator;
    this.hits = hits;
    this.counter = counter;
  }

  searchRange(start: number, end: number): number {
    const { iterator, hits } = this;
    for (let docId = iterator.advance(start, end); docId < end;) {
      const next = hits.skip(docId, end);
      if (next === docId) docId = this.collectBlock(docId, end);
      else docId = next < end ? iterator.advance(next, end) : end;
    }
    this.position = end;
    return this.counter?.count(start, end) ?? 0;
  }

  /** Collects a match and those after it in its block. Gives the first match that is not in it, as `advance` does. */
  private collectBlock(first: number, end: number): number {
    const { iterator, hits } = this;
    const stop = Math.min(end, first - (first % valueBlockSize) + valueBlockSize);
    let docId = first;
    while (docId < stop) {
      hits.collect(docId);
      docId = docId + 1 < end ? iterator.advance(docId + 1, end) : end;
    }
    return docId;
  }
}

/** Looks only at what can be among the best, and counts all matches without their scores. */
export class CountedBest implements SegmentSearch {
  readonly cost: number;
  position = 0;
  private readonly search: PrunedSearch;
  private readonly hits: TopScores;
  private readonly counter: MatchCounter;

  constructor(search: PrunedSearch, hits: TopScores, counter: MatchCounter) {
    this.cost = search.cost + counter.cost;
    this.search = search;
    this.hits = hits;
    this.counter = counter;
  }

  searchRange(start: number, end: number): number {
    this.search.searchRange(start, end, this.hits);
    this.position = end;
    return this.counter.count(start, end);
  }
}
