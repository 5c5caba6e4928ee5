/** The monoid of aggregation partials: merging is associative and commutative, and `emptyPartials` changes nothing. */
import type { AggregationPartial, AggregationPartials, AggregationRequest, AggregationRequests } from './definition.ts';
import { definitionOf } from './table.ts';

/** The partials of no documents. */
export function emptyPartials(requests: AggregationRequests): AggregationPartials {
  return mergeAggregations(requests, []);
}

/**
 * One partial that says what the parts say together, the same bytes in whatever order and grouping they are merged.
 *
 * @param parts partials of these requests, each with every name of the requests
 */
export function mergeAggregations(
  requests: AggregationRequests,
  parts: readonly AggregationPartials[],
): AggregationPartials {
  const merged: Record<string, AggregationPartial> = Object.create(null);
  for (const [name, request] of Object.entries(requests)) {
    merged[name] = mergeOne(
      request,
      parts.map((part) => partOf(part, name)),
    );
  }
  return merged;
}

function partOf(part: AggregationPartials, name: string): AggregationPartial {
  if (!Object.hasOwn(part, name)) throw new Error(`the partial lacks aggregation ${name}`);
  return part[name]!;
}

function mergeOne(request: AggregationRequest, parts: readonly AggregationPartial[]): AggregationPartial {
  const { partialKind, merge } = definitionOf(request);
  for (const { kind } of parts) {
    if (kind !== partialKind) throw new Error(`a ${kind} partial where ${partialKind} was asked`);
  }
  return merge(request, parts, mergeAggregations);
}
