/** The monoid of aggregation partials: merging is associative and commutative, and `emptyPartials` changes nothing. */
import type { AggregationPartial, AggregationPartials, AggregationRequest, AggregationRequests } from './definition.ts';
import { allAtOnce, isInSteps, type Steps } from './steps.ts';
import { definitionOf } from './table.ts';

/** The partials of no documents. */
export function emptyPartials(requests: AggregationRequests): AggregationPartials {
  return mergeAggregations(requests, []);
}

/** The same as mergeInSteps, all at once. */
export function mergeAggregations(
  requests: AggregationRequests,
  parts: readonly AggregationPartials[],
): AggregationPartials {
  return allAtOnce(mergeInSteps(requests, parts));
}

/**
 * One partial that says what the parts say together, the same bytes in whatever order and grouping they are merged; a bucket a step.
 *
 * @param parts partials of these requests, each with every name of the requests
 */
export function* mergeInSteps(
  requests: AggregationRequests,
  parts: readonly AggregationPartials[],
): Steps<AggregationPartials> {
  const merged: Record<string, AggregationPartial> = Object.create(null);
  for (const [name, request] of Object.entries(requests)) {
    merged[name] = yield* mergeOne(
      request,
      parts.map((part) => partOf(part, name)),
    );
  }
  yield;
  return merged;
}

function partOf(part: AggregationPartials, name: string): AggregationPartial {
  if (!Object.hasOwn(part, name)) throw new Error(`the partial lacks aggregation ${name}`);
  return part[name]!;
}

function* mergeOne(request: AggregationRequest, parts: readonly AggregationPartial[]): Steps<AggregationPartial> {
  const { partialKind, merge } = definitionOf(request);
  for (const { kind } of parts) {
    if (kind !== partialKind) throw new Error(`a ${kind} partial where ${partialKind} was asked`);
  }
  const merged: AggregationPartial | Steps<AggregationPartial> = merge(request, parts, mergeInSteps);
  return isInSteps<AggregationPartial>(merged) ? yield* merged : merged;
}
