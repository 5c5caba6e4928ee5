import type { CollectorSet } from '../aggregate/collector.ts';
import type { DocumentIterator } from '../evaluate/iterator.ts';
import type { PrunedSearch } from '../evaluate/pruned-search.ts';
import type { HitCollector } from './hit-collector.ts';
import type { TopScores } from './top-scores.ts';

/** One way to search a segment, range by range. */
export interface SegmentSearch {
  /** Documents it will look at over the whole segment, roughly. */
  readonly cost: number;
  /** Searches from `start`, the `end` of the call before, up to `end`. Returns how many matches it counted. */
  searchRange(start: number, end: number): number;
}

/** Looks at every match. */
export class PlainSearch implements SegmentSearch {
  readonly cost: number;
  private readonly iterator: DocumentIterator;
  private readonly hits: HitCollector | null;
  private readonly aggregations: CollectorSet | null;

  constructor(iterator: DocumentIterator, hits: HitCollector | null, aggregations: CollectorSet | null) {
    this.cost = iterator.cost;
    this.iterator = iterator;
    this.hits = hits;
    this.aggregations = aggregations;
  }

  searchRange(start: number, end: number): number {
    const { iterator, hits, aggregations } = this;
    let matches = 0;
    for (let docId = iterator.advance(start, end); docId < end;) {
      matches++;
      if (hits !== null) hits.collect(docId);
      if (aggregations !== null) aggregations.collect(0, docId);
      docId = docId + 1 < end ? iterator.advance(docId + 1, end) : end;
    }
    return matches;
  }
}

/** Looks only at what can be among the best, and counts nothing. */
export class BestOnly implements SegmentSearch {
  readonly cost: number;
  private readonly search: PrunedSearch;
  private readonly hits: TopScores;

  constructor(search: PrunedSearch, hits: TopScores) {
    this.cost = search.cost;
    this.search = search;
    this.hits = hits;
  }

  searchRange(start: number, end: number): number {
    this.search.searchRange(start, end, this.hits);
    return 0;
  }
}
