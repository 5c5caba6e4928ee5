/** Whether a replica may have documents that match, before any is looked at. Pure. */
import type { Query } from '../../shared/query/query.ts';
import type { Segment } from '../segment/open.ts';
import type { LiveSegment } from '../snapshot/snapshot.ts';
import { kindOf } from './clauses.ts';

/** False only where no document of the segment matches, deleted ones included. What a kind says nothing of may match. */
export function mayMatch(segment: Segment, query: Query): boolean {
  return kindOf(query).mayMatch?.(segment, query, (inner) => mayMatch(segment, inner)) ?? true;
}

/** The same of a segment of a snapshot: where all is deleted nothing matches. */
export function mayMatchLive({ segment, liveCount }: LiveSegment, query: Query): boolean {
  return liveCount > 0 && mayMatch(segment, query);
}
