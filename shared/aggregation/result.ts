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
import { unbounded, type Missing } from './missing-shards.ts';
import { saidNothing } from './say-bounds.ts';
import { allAtOnce, isInSteps, Pace, type Steps } from './steps.ts';
import { definitionOf } from './table.ts';

/**
 * The results of merged partials, all at once. For errors see finishInSteps.
 */
export function finishAggregations(
  requests: AggregationRequests,
  partials: AggregationPartials,
  options: FinishOptions,
): AggregationResults {
  return allAtOnce(finishInSteps(requests, partials, options));
}

/** At the top of an answer that is not of a roll-up. */
export function beginResults(options: FinishOptions): Finishing {
  return beginFinishing(options, { finishAll, empty: emptyPartials });
}

/**
 * The results of merged partials, some buckets a step.
 * @throws SheafError AGGREGATION_TOO_MANY_BUCKETS when the answer would have more than `limits.bucketsMax` in all;
 *   REQUEST_VALUE_INVALID when the borders of a histogram cannot be told as numbers
 */
export function finishInSteps(
  requests: AggregationRequests,
  partials: AggregationPartials,
  options: FinishOptions,
): Steps<AggregationResults> {
  return finishAll(requests, partials, beginResults(options));
}

/** How what is nested is finished, wherever it is. */
interface FinishNested {
  readonly finishAll: (
    requests: AggregationRequests,
    partials: AggregationPartials,
    finishing: Finishing,
  ) => Steps<Readonly<Record<string, unknown>>>;
  readonly empty: Finishing['empty'];
}

/** At the top of an answer. */
export function beginFinishing(options: FinishOptions, { finishAll: finish, empty }: FinishNested): Finishing {
  const pace = new Pace();
  const within = (lacking: number, missing: Missing | null, budget: BucketBudget): Finishing => {
    const finishing: Finishing = {
      ...options,
      missing,
      budget,
      pace,
      lacking,
      nested: (requests, partials, { lacks = 0, missing: inBucket = unboundedIn(missing), isListed = true } = {}) => {
        const isSame = lacks === 0 && inBucket === missing && isListed;
        const counted = isListed ? budget : new BucketBudget();
        return finish(requests, partials, isSame ? finishing : within(lacking + lacks, inBucket, counted));
      },
      empty,
    };
    return finishing;
  };
  return within(0, options.missing ?? null, new BucketBudget());
}

/** What is missing in buckets of a kind that does not say what may be in them. */
function unboundedIn(missing: Missing | null): Missing | null {
  return missing === null ? null : unbounded(missing, 'kind');
}

function* finishAll(
  requests: AggregationRequests,
  partials: AggregationPartials,
  finishing: Finishing,
): Steps<AggregationResults> {
  // Without a prototype, because names are callers' words.
  const results: Record<string, AggregationResult> = Object.create(null);
  for (const [name, request] of Object.entries(requests)) {
    if (!Object.hasOwn(partials, name)) throw new Error(`the partial lacks aggregation ${name}`);
    results[name] = yield* finishAggregation(request, partials[name]!, finishing);
  }
  if (finishing.pace.isDue()) yield;
  return results;
}

/** The result of one. For errors see finishInSteps. */
export function* finishAggregation(
  request: AggregationRequest,
  partial: AggregationPartial,
  finishing: Finishing,
): Steps<AggregationResult> {
  const { partialKind, nests, finish, bounds } = definitionOf(request);
  if (partial.kind !== partialKind) throw new Error(`a ${partial.kind} partial where ${request.kind} was asked`);
  const finished: AggregationResult | Steps<AggregationResult> = finish(request, partial, finishing);
  const result = isInSteps<AggregationResult>(finished) ? yield* finished : finished;
  const { missing = null } = finishing;
  if (missing === null || nests) return result;
  // Documents without a value count as others do then, and nobody tells how many there are.
  if ('missing' in request) return { ...result, ...saidNothing('kind') };
  return { ...result, ...(bounds?.(request, partial, missing, finishing) ?? saidNothing('kind')) };
}
