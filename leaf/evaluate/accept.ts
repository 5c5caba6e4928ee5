import type { Query } from '../../shared/query/query.ts';
import { hasBit } from '../columns/bitset.ts';
import type { LiveSegment } from '../snapshot/snapshot.ts';
import type { BoundedTerm } from './bounded-term.ts';
import type { ClauseScope } from './clause-kind.ts';
import type { DocumentIterator } from './iterator.ts';
import type { Accept } from './pruned-search.ts';

/** Whether a document is live, passes all filters and no exclusion; null where every document does. */
export function acceptOf(
  scope: ClauseScope,
  filters: readonly Query[] = [],
  exclusions: readonly Query[] = [],
): Accept | null {
  const { deleted } = scope.live;
  if (deleted === null && filters.length + exclusions.length === 0) return null;
  const included = filters.map((filter) => scope.iterate(filter, null));
  const excluded = exclusions.map((exclusion) => scope.iterate(exclusion, null));
  const matches = (iterator: DocumentIterator, docId: number): boolean => iterator.advance(docId, docId + 1) === docId;
  return (docId) =>
    !(deleted !== null && hasBit(deleted, docId)) &&
    included.every((iterator) => matches(iterator, docId)) &&
    !excluded.some((iterator) => matches(iterator, docId));
}

/** Live documents that hold a term, at least. */
export function liveMin({ segment, liveCount }: LiveSegment, { list }: BoundedTerm): number {
  return Math.max(0, list.documents - (segment.documents - liveCount));
}
