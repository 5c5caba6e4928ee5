import type { AggregationRequest, AggregationRequests } from './definition.ts';
import { isFirstOfPart, type TermsListing } from './terms-listing.ts';

/**
 * The same aggregations where all shards are asked of one leaf: with nothing to merge, the terms that are listed are the first of what it
 * has, and it need send no others but the next, by which estimates know where the list ends. Requests that are the same stay as they are.
 */
export function ofOnePart(requests: AggregationRequests): AggregationRequests {
  const changed = Object.entries(requests).map(([name, request]) => [name, ofOne(request)] as const);
  return changed.every(([name, request]) => request === requests[name]) ? requests : Object.fromEntries(changed);
}

function ofOne(request: AggregationRequest): AggregationRequest {
  if (!('aggregations' in request)) return request;
  const aggregations = ofOnePart(request.aggregations);
  const shardSize = 'shardSize' in request ? listedOf(request) : 0;
  if ('shardSize' in request && shardSize < request.shardSize) return { ...request, aggregations, shardSize };
  return aggregations === request.aggregations ? request : { ...request, aggregations };
}

function listedOf(request: TermsListing): number {
  // Terms that are left out only when the list is made may be among the first.
  return isFirstOfPart(request) && request.minDocCount > 0 ? request.size + 1 : request.shardSize;
}
