/**
 * The documents of clauses, found in steps before a segment is entered (gather.ts): clauses are then made at once. Kept
 * for as long as the query is, of one segment at a time.
 */
import type { Query } from '../../shared/query/query.ts';
import type { Segment } from '../segment/open.ts';
import type { DocumentSet } from './document-set.ts';

interface Gathered {
  readonly segment: Segment;
  readonly sets: readonly (DocumentSet | null)[];
}

const known = new WeakMap<Query, Gathered>();

/** What was gathered of a clause in a segment: one set, or one for each distance of a misspelt word; null where one is empty. */
export function gatheredSets(segment: Segment, query: Query): Gathered['sets'] | null {
  const gathered = known.get(query);
  return gathered?.segment === segment ? gathered.sets : null;
}

export function keepGathered(segment: Segment, query: Query, sets: Gathered['sets']): void {
  known.set(query, { segment, sets });
}
