/**
 * The documents of clauses, found in steps before a segment is entered (gather.ts): clauses are then made at once. Kept
 * for as long as the query is, of one segment at a time.
 */
import type { Query } from '../../shared/query/query.ts';
import type { Segment } from '../segment/open.ts';
import type { DocumentSet } from './document-set.ts';
import type { NearDocuments } from './near-documents.ts';

interface Gathered {
  readonly segment: Segment;
  readonly documents: DocumentSet | NearDocuments | null;
}

const known = new WeakMap<Query, Gathered>();

/** What was gathered of a clause in a segment: null where it is empty, undefined where nothing was. */
export function gatheredOf(segment: Segment, query: Query): Gathered['documents'] | undefined {
  const gathered = known.get(query);
  return gathered?.segment === segment ? gathered.documents : undefined;
}

export function keepGathered(segment: Segment, query: Query, documents: Gathered['documents']): void {
  known.set(query, { segment, documents });
}
