import type { CollectorSet } from '../aggregate/collector-set.ts';
import type { TaskBudget } from '../aggregate/task-budget.ts';
import type { DocumentIterator } from '../evaluate/iterator.ts';
import type { PrunedSearch } from '../evaluate/pruned-search.ts';
import type { HitCollector } from './hit-collector.ts';
import type { TopScores } from './top-scores.ts';

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

/** Looks at every match. */
export class PlainSearch implements SegmentSearch {
  readonly cost: number;
  position = 0;
  private readonly iterator: DocumentIterator;
  private readonly hits: HitCollector | null;
  private readonly aggregations: CollectorSet | null;
  private readonly budget: TaskBudget;

  constructor(
    iterator: DocumentIterator,
    hits: HitCollector | null,
    aggregations: CollectorSet | null,
    budget: TaskBudget,
  ) {
    this.cost = iterator.cost;
    this.iterator = iterator;
    this.hits = hits;
    this.aggregations = aggregations;
    this.budget = budget;
  }

  searchRange(start: number, end: number, workMax: number): number {
    const { iterator, hits, aggregations, budget } = this;
    let matches = 0;
    let stop = end;
    for (let docId = iterator.advance(start, stop); docId < stop;) {
      matches++;
      if (hits !== null) hits.collect(docId);
      if (aggregations !== null) aggregations.collect(0, docId);
      if (budget.work >= workMax) stop = docId + 1;
      docId = docId + 1 < stop ? iterator.advance(docId + 1, stop) : stop;
    }
    this.position = stop;
    return matches;
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
