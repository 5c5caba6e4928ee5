/**
 * The clauses that collectors of one task ask about documents, in the segment that is searched. They are evaluated as
 * filters of a query are: what they stand for is found in steps before the segment is entered, and may be remembered.
 */
import { childrenOf, type Query } from '../../shared/query/query.ts';
import type { DocumentIterator } from '../evaluate/iterator.ts';
import type { SegmentClauses } from '../evaluate/segment-clauses.ts';
import type { Steps } from '../schedule/steps.ts';

export class TaskFilters {
  private readonly filters: Query[] = [];
  private clauses: SegmentClauses | null = null;

  /** To be called before the first segment. */
  add(filter: Query): void {
    this.filters.push(filter);
  }

  /** Finds in steps what the filters stand for in a segment. */
  *expand(clauses: SegmentClauses): Steps<void> {
    for (const filter of this.filters) yield* clauses.expandFilter(filter);
  }

  /** What follows is about the segment of these clauses, for which the filters are expanded. */
  enterSegment(clauses: SegmentClauses): void {
    this.clauses = clauses;
  }

  /** The documents that match a filter, deleted ones included. Each collector moves one of its own. */
  iterate(filter: Query): DocumentIterator {
    return this.clauses!.iterate(filter, null);
  }
}

/** About how many values are looked at to tell whether a document matches. */
export function workOf(filter: Query): number {
  return childrenOf(filter).reduce((sum, { query }) => sum + workOf(query), 1);
}
