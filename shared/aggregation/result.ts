/** What a caller sees of aggregations. */
import { BucketBudget } from './bucket-budget.ts';
import type {
  AggregationPartial,
  AggregationPartials,
  AggregationRequest,
  AggregationRequests,
  AggregationResult,
  AggregationResults,
  FinishOptions,
  Finishing,
} from './definition.ts';
import { emptyPartials } from './merge.ts';
import { unbounded, type Missing } from './missing.ts';
import { saidNothing } from './say-bounds.ts';
import { definitionOf } from './table.ts';

/**
 * The results of merged partials.
 * @throws SheafError AGGREGATION_TOO_MANY_BUCKETS when the answer would have more than `limits.bucketsMax` in all;
 *   REQUEST_VALUE_INVALID when the borders of a histogram cannot be told as numbers
 */
export function finishAggregations(
  requests: AggregationRequests,
  partials: AggregationPartials,
  options: FinishOptions,
): AggregationResults {
  const finishing: Finishing = {
    ...options,
    budget: new BucketBudget(),
    nested: (nested, within, missing = unboundedIn(finishing)) => finishAll(nested, within, { ...finishing, missing }),
    empty: emptyPartials,
  };
  return finishAll(requests, partials, finishing);
}

/** What is missing in buckets of a kind that does not say what may be in them. */
export function unboundedIn({ missing = null }: FinishOptions): Missing | null {
  return missing === null ? null : unbounded(missing, 'kind');
}

function finishAll(
  requests: AggregationRequests,
  partials: AggregationPartials,
  finishing: Finishing,
): AggregationResults {
  // Without a prototype, because names are callers' words.
  const results: Record<string, AggregationResult> = Object.create(null);
  for (const [name, request] of Object.entries(requests)) {
    if (!Object.hasOwn(partials, name)) throw new Error(`the partial lacks aggregation ${name}`);
    results[name] = finishAggregation(request, partials[name]!, finishing);
  }
  return results;
}

/** The result of one. For errors see finishAggregations. */
export function finishAggregation(
  request: AggregationRequest,
  partial: AggregationPartial,
  finishing: Finishing,
): AggregationResult {
  const { partialKind, nests, finish, bounds } = definitionOf(request);
  if (partial.kind !== partialKind) throw new Error(`a ${partial.kind} partial where ${request.kind} was asked`);
  const result = finish(request, partial, finishing);
  const { missing = null } = finishing;
  if (missing === null || nests) return result;
  return { ...result, ...(bounds?.(request, partial, missing, finishing) ?? saidNothing('kind')) };
}
