/** From merged partials over parts of rows to the results a caller asked for: exact sums, and what is made of them. Pure. */
import type {
  AggregationPartial,
  AggregationPartials,
  AggregationRequest,
  AggregationRequests,
  FinishOptions,
  Finishing,
} from '../../shared/aggregation/definition.ts';
import { emptyPartials } from '../../shared/aggregation/merge.ts';
import type { MetricPartial } from '../../shared/aggregation/metric.ts';
import { beginFinishing, finishAggregation, finishTop } from '../../shared/aggregation/result.ts';
import { saidNothing } from '../../shared/aggregation/say-bounds.ts';
import type { Steps } from '../../shared/aggregation/steps.ts';
import type { RollupSchema } from '../../shared/rollup/rollup-schema.ts';
import { callerAggregations } from '../query/aggregations/table.ts';
import { KeptValues, type Part } from './kept-values.ts';
import { aggregationOf, rollupAggregations } from './rollup-search.ts';

/** Results as JSON, by the caller's names. */
type Shown = Readonly<Record<string, unknown>>;

/**
 * The results, some buckets a step.
 * @param requests as the caller wrote them
 * @param partials merged, of what `rollupAggregations` made of the requests
 * @throws SheafError SUM_TOO_LARGE where a sum is beyond 2^53 and the caller wants no strings; for others see
 *   finishInSteps
 */
export function rollupResults(
  rollup: RollupSchema,
  requests: AggregationRequests,
  partials: AggregationPartials,
  options: FinishOptions,
): Steps<Shown> {
  const empty = (nested: AggregationRequests): AggregationPartials => emptyPartials(rollupAggregations(rollup, nested));
  return finishTop(requests, beginFinishing(options, { finishAll, empty }), (name, request, finishing) =>
    finishOne(name, request, partials, finishing),
  );
}

function* finishOne(
  name: string,
  request: AggregationRequest,
  partials: AggregationPartials,
  finishing: Finishing,
): Steps<object> {
  const own = partialOf(partials, name);
  // Of a dimension there is a partial as of any field.
  return own === undefined
    ? ofMetric(name, request, partials, finishing)
    : yield* finishAggregation(request, own, finishing);
}

function* finishAll(requests: AggregationRequests, partials: AggregationPartials, finishing: Finishing): Steps<Shown> {
  const shown: Record<string, unknown> = Object.create(null);
  for (const [name, request] of Object.entries(requests)) {
    shown[name] = yield* finishOne(name, request, partials, finishing);
  }
  if (finishing.pace.isDue()) yield;
  return shown;
}

function ofMetric(
  name: string,
  request: AggregationRequest,
  partials: AggregationPartials,
  { bigInts, missing = null }: FinishOptions,
): Shown {
  const part = (of: Part): MetricPartial => {
    const found = partialOf(partials, aggregationOf(name, of));
    if (found?.kind !== 'metric') throw new Error(`no part ${of} of ${name}`);
    return found;
  };
  const answer = callerAggregations[request.kind].rollup?.ofMetric;
  if (answer === undefined || !('field' in request)) throw new Error(`no partial of ${name}`);
  const result = answer.result(new KeptValues(request.field, part, bigInts));
  return missing === null ? result : { ...result, ...saidNothing('index_kind') };
}

function partialOf(partials: AggregationPartials, name: string): AggregationPartial | undefined {
  return Object.hasOwn(partials, name) ? partials[name] : undefined;
}
