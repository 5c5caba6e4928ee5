import type { AggregationRequest } from './definition.ts';

/** The fields that an aggregation itself reads, not those of what is nested in it. */
export function fieldsOfAggregation(request: AggregationRequest): readonly string[] {
  if ('field' in request) return [request.field];
  return 'sources' in request ? request.sources.map(({ field }) => field) : [];
}
