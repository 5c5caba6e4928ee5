import type { AggregationRequest, AggregationRequests } from './definition.ts';
import { definitionOf } from './table.ts';

/** Whether any of the aggregations, nested ones included, asks how documents score. */
export function readsScores(requests: AggregationRequests): boolean {
  return Object.values(requests).some(
    (request) => isScored(request) || ('aggregations' in request && readsScores(request.aggregations)),
  );
}

function isScored(request: AggregationRequest): boolean {
  return definitionOf(request).readsScores?.(request) ?? false;
}
