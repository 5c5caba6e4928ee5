import type { AggregationRequest } from './definition.ts';

/** The fields that an aggregation itself reads, not those of what is nested in it. */
export function fieldsOfAggregation(request: AggregationRequest): readonly string[] {
  if ('field' in request) return [request.field];
  if ('sources' in request) return request.sources.map(({ field }) => field);
  if (request.kind === 'weighted_avg') return [request.value.field, request.weight.field];
  if (request.kind === 'top_metrics') return [...request.metrics.map(({ field }) => field), request.sort.field];
  if (request.kind === 'top_hits') return request.sort.flatMap((key) => (key.by === 'field' ? [key.field] : []));
  return [];
}
