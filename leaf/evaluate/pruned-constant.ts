import type { Query } from '../../shared/query/query.ts';
import type { ScoringContext } from '../score/scoring.ts';
import { acceptOf } from './accept.ts';
import type { ClauseScope } from './clause-kind.ts';
import type { DocumentIterator } from './iterator.ts';
import type { Accept, Prunable, PrunedSearch, ScoreSink } from './pruned-search.ts';

/** How to find the best of a query whose matches all score the same. */
export function pruneConstant(scope: ClauseScope, query: Query, scoring: ScoringContext): Prunable {
  const { deleted, segment } = scope.live;
  const counted = deleted === null ? scope.iterate(query, null) : null;
  const known = counted?.count?.(0, segment.documents);
  return {
    search: new PrunedConstant(scope.iterate(query, scoring), acceptOf(scope)),
    matchesMin: known ?? 0,
    exact: known !== undefined,
    countsApart: true,
  };
}

/** The best documents of an iterator whose matches all score the same: the first ones. */
class PrunedConstant implements PrunedSearch {
  readonly cost: number;
  private readonly iterator: DocumentIterator;
  private readonly accept: Accept | null;
  /** NaN until there was a match. */
  private score = Number.NaN;

  constructor(iterator: DocumentIterator, accept: Accept | null) {
    this.cost = iterator.cost;
    this.iterator = iterator;
    this.accept = accept;
  }

  searchRange(start: number, end: number, sink: ScoreSink): void {
    const { iterator, accept } = this;
    for (let next = start; next < end && !(this.score <= sink.floor); next++) {
      next = iterator.advance(next, end);
      if (next >= end) return;
      this.score = iterator.score();
      if (this.score > sink.floor && (accept === null || accept(next))) sink.offer(next, this.score);
    }
  }
}
