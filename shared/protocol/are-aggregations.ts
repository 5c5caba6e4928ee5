/** Whether what a leaf sent is partials of the aggregations that were asked for. Cost: one check of each bucket and metric. */
import type { AggregationRequest, AggregationRequests, Checking } from '../aggregation/definition.ts';
import { Pace, type Steps } from '../aggregation/steps.ts';
import { definitionOf } from '../aggregation/table.ts';
import { isObject } from '../json/read-object.ts';

/** @returns at once where nothing asked for has buckets, else steps to it */
export function areAggregations(requests: AggregationRequests, partials: unknown): boolean | Steps<boolean> {
  const checking: Checking = {
    pace: new Pace(),
    areNested: (nested, sent) => areAll(nested, sent, checking),
  };
  return checking.areNested(requests, partials);
}

function areAll(requests: AggregationRequests, partials: unknown, checking: Checking): boolean | Steps<boolean> {
  if (!isObject(partials)) return false;
  let inSteps: Steps<boolean>[] | null = null;
  for (const name of Object.keys(requests)) {
    if (!Object.hasOwn(partials, name)) return false;
    const is = isAggregation(requests[name]!, partials[name], checking);
    if (is === false) return false;
    if (is !== true) (inSteps ??= []).push(is);
  }
  if (inSteps === null) return true;
  return inSteps.length === 1 ? inSteps[0]! : each(inSteps);
}

function isAggregation(request: AggregationRequest, partial: unknown, checking: Checking): boolean | Steps<boolean> {
  const { partialKind, isPartial } = definitionOf(request);
  return isObject(partial) && partial['kind'] === partialKind && isPartial(request, partial, checking);
}

function* each(all: readonly Steps<boolean>[]): Steps<boolean> {
  for (const steps of all) if (!(yield* steps)) return false;
  return true;
}
