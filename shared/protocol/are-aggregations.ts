/** Whether what a leaf sent is partials of the aggregations that were asked for. Cost: one check of each bucket and metric. */
import type { AggregationRequest, AggregationRequests } from '../aggregation/definition.ts';
import { definitionOf } from '../aggregation/table.ts';
import { isObject } from '../json/read-object.ts';

export function areAggregations(requests: AggregationRequests, partials: unknown): boolean {
  if (!isObject(partials)) return false;
  for (const name of Object.keys(requests)) {
    if (!Object.hasOwn(partials, name) || !isAggregation(requests[name]!, partials[name])) return false;
  }
  return true;
}

function isAggregation(request: AggregationRequest, partial: unknown): boolean {
  const { partialKind, isPartial } = definitionOf(request);
  return isObject(partial) && partial['kind'] === partialKind && isPartial(request, partial, areAggregations);
}
