/** What a caller sees of aggregations. */
import { escapeToken } from '../json/request-node.ts';
import { AnswerBudget, saidBytes } from './answer-budget.ts';
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
 *   AGGREGATION_TOO_LARGE when it would have more than `limits.answerBytesMax`; REQUEST_VALUE_INVALID when the borders of a histogram cannot be told as numbers
 */
export function finishInSteps(
  requests: AggregationRequests,
  partials: AggregationPartials,
  options: FinishOptions,
): Steps<AggregationResults> {
  return finishTop(requests, beginResults(options), (name, request, finishing) =>
    finishAggregation(request, partialOf(partials, name), finishing),
  );
}

/** The results of those at the top of an answer, each of which is named where it is too much. For errors see finishInSteps. */
export function* finishTop<R>(
  requests: AggregationRequests,
  finishing: Finishing,
  finishOne: (name: string, request: AggregationRequest, finishing: Finishing) => Steps<R>,
): Steps<Readonly<Record<string, R>>> {
  const { budget, missing = null } = finishing;
  budget.takeBytes(bytesOfResults(requests, missing));
  // Without a prototype, because names are callers' words.
  const results: Record<string, R> = Object.create(null);
  for (const [name, request] of Object.entries(requests)) {
    budget.at = `/aggs/${escapeToken(name)}`;
    results[name] = yield* finishOne(name, request, finishing);
  }
  return results;
}

function bytesInBucket(requests: AggregationRequests, missing: Missing | null): number {
  return bytesOfResults(requests, missing) + (missing === null ? 0 : saidBytes);
}

/** Of each bucket that they are in, or of the whole answer, but for buckets of theirs. */
function bytesOfResults(requests: AggregationRequests, missing: Missing | null): number {
  let bytes = 0;
  for (const [name, request] of Object.entries(requests)) {
    bytes += name.length + 4 + definitionOf(request).resultBytes(request) + (missing === null ? 0 : saidBytes);
  }
  return bytes;
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
  const within = (lacking: number, missing: Missing | null, budget: AnswerBudget): Finishing => {
    const finishing: Finishing = {
      ...options,
      missing,
      budget,
      take: (count, requests) => budget.take(count, bytesInBucket(requests, missing)),
      foresee: (count, requests) => budget.foresee(count, bytesInBucket(requests, missing)),
      pace,
      lacking,
      nested: (requests, partials, { lacks = 0, missing: inBucket = unboundedIn(missing), isListed = true } = {}) => {
        const isSame = lacks === 0 && inBucket === missing && isListed;
        const counted = isListed ? budget : new AnswerBudget();
        return finish(requests, partials, isSame ? finishing : within(lacking + lacks, inBucket, counted));
      },
      empty,
    };
    return finishing;
  };
  return within(0, options.missing ?? null, options.budget ?? new AnswerBudget());
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
    results[name] = yield* finishAggregation(request, partialOf(partials, name), finishing);
  }
  if (finishing.pace.isDue()) yield;
  return results;
}

function partialOf(partials: AggregationPartials, name: string): AggregationPartial {
  if (!Object.hasOwn(partials, name)) throw new Error(`the partial lacks aggregation ${name}`);
  return partials[name]!;
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
