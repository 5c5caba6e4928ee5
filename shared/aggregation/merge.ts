/** The monoid of aggregation partials: merging is associative and commutative, and `emptyPartials` changes nothing. */
import type {
  AggregationPartial,
  AggregationPartials,
  AggregationRequest,
  AggregationRequests,
  MergePartials,
} from './definition.ts';
import { allAtOnce, isInSteps, Pace, type Steps } from './steps.ts';
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
 * One partial that says what the parts say together, the same bytes in whatever order and grouping they are merged; some buckets a step.
 *
 * @param parts partials of these requests, each with every name of the requests
 */
export function mergeInSteps(
  requests: AggregationRequests,
  parts: readonly AggregationPartials[],
): Steps<AggregationPartials> {
  const pace = new Pace();
  const mergeAll: MergePartials = function* (nested, partsOfNested) {
    const merged: Record<string, AggregationPartial> = Object.create(null);
    for (const [name, request] of Object.entries(nested)) {
      const same = partsOfNested.map((part) => partOf(part, name));
      merged[name] = yield* mergeOne(request, same, mergeAll);
    }
    if (pace.isDue()) yield;
    return merged;
  };
  return mergeAll(requests, parts);
}

function partOf(part: AggregationPartials, name: string): AggregationPartial {
  if (!Object.hasOwn(part, name)) throw new Error(`the partial lacks aggregation ${name}`);
  return part[name]!;
}

function* mergeOne(
  request: AggregationRequest,
  parts: readonly AggregationPartial[],
  mergeNested: MergePartials,
): Steps<AggregationPartial> {
  const { partialKind, merge } = definitionOf(request);
  for (const { kind } of parts) {
    if (kind !== partialKind) throw new Error(`a ${kind} partial where ${partialKind} was asked`);
  }
  const merged: AggregationPartial | Steps<AggregationPartial> = merge(request, parts, mergeNested);
  return isInSteps<AggregationPartial>(merged) ? yield* merged : merged;
}
