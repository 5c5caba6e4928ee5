/**
 * From the parts of aggregations to what the caller sees of them, in slices: there may be 65,536 buckets of many parts, and the thread
 * that makes them is the one that answers all others. What it takes is time of the merge, and counts for what is kept for it.
 */
import type { AnswerBudget } from '../../shared/aggregation/answer-budget.ts';
import type {
  AggregationPartials,
  AggregationRequests,
  FinishOptions,
  RoundsTold,
} from '../../shared/aggregation/definition.ts';
import { mergeInSteps } from '../../shared/aggregation/merge.ts';
import type { Steps } from '../../shared/aggregation/steps.ts';
import type { IndexDefinition } from '../../shared/catalog/catalog.ts';
import type { Clock } from '../../shared/clock/clock.ts';
import type { Timers } from '../../shared/clock/timers.ts';
import type { Missing } from '../../shared/aggregation/missing-shards.ts';
import type { SearchRequest } from '../../shared/query/request.ts';
import type { RootKinds } from '../kinds/root-kind.ts';
import type { MergeReserve } from '../plan/merge-reserve.ts';
import { inTime, runInSlices } from '../plan/run-in-slices.ts';
import type { SearchAnswer } from './answer.ts';
import type { SearchTrace } from './search-trace.ts';

/** Results of aggregations, by the caller's names. */
type Results = Readonly<Record<string, unknown>>;

export interface FinishDependencies {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly kinds: RootKinds;
  readonly mergeReserve: Pick<MergeReserve, 'record'>;
}

interface Asked {
  readonly index: IndexDefinition;
  /** As the caller wrote it. */
  readonly request: SearchRequest;
  /** As leaves were asked. */
  readonly aggregations: AggregationRequests;
  /** All that were searched, where they are several. */
  readonly indexes?: readonly IndexDefinition[];
}

interface Answering {
  /** On the clock. */
  readonly arrivedAt: number;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  readonly trace: SearchTrace | null;
}

const late = 'its buckets could not be put together in time';
/** A refusal would be as late: where shards were waited for to the end, the last few buckets are put together all the same. */
const graceMs = 100;

/**
 * @returns the answer, with the time that this took, and the results
 * @throws SheafError AGGREGATION_TOO_LARGE; OVERLOADED when the time is over before all is done; what the kind's `finish` throws; the reason of the signal
 */
export async function finishAnswer(
  root: FinishDependencies,
  { answer, ...asked }: Asked & { readonly answer: SearchAnswer },
  { arrivedAt, timeoutMs, signal, trace }: Answering,
): Promise<{ readonly answer: SearchAnswer; readonly results: Results }> {
  const { clock, mergeReserve } = root;
  const { mergeWork, mergedMs, parts, missing, rounds, coverage, profile } = answer;
  const hasAny = Object.keys(asked.aggregations).length > 0;
  const beganAt = clock.now();
  let endedAt = beganAt;
  try {
    const isComplete = coverage.shards.failed === 0;
    const work = finishParts(root.kinds, asked, { parts, isComplete, missing, rounds });
    const results = await runInSlices(root, work, {
      ...inTime({ arrivedAt, timeoutMs }, late),
      until: arrivedAt + timeoutMs + graceMs,
      signal,
    });
    if (!hasAny) return { answer, results };
    endedAt = clock.now();
    trace?.finished(beganAt, endedAt);
    const tookMs = endedAt - arrivedAt;
    const told = profile === undefined ? {} : { profile: { ...profile, answeredUs: Math.round(tookMs * 1000) } };
    return { answer: { ...answer, tookMs, mergedMs: mergedMs + endedAt - beganAt, ...told }, results };
  } finally {
    // What did not end in time is known by that: next time more is kept for it.
    if (hasAny && endedAt === beganAt) endedAt = clock.now();
    if (mergeWork !== null) mergeReserve.record(mergeWork, mergedMs + endedAt - beganAt, endedAt);
  }
}

interface Found {
  readonly parts: readonly AggregationPartials[];
  readonly isComplete: boolean;
  readonly missing?: Missing | null;
  /** By the callers' names; see SearchAnswer. */
  readonly rounds?: ReadonlyMap<string, RoundsTold> | undefined;
  /** See FinishOptions. */
  readonly budget?: AnswerBudget;
}

/** Merges what leaves sent, and makes the results of it. For errors see RootKind.finish. */
export function* finishParts(
  kinds: RootKinds,
  { index, request, aggregations, indexes }: Asked,
  { parts, rounds, ...about }: Found,
): Steps<Results> {
  const partials = yield* mergeInSteps(aggregations, parts);
  return yield* kinds[index.kind].finish(index, request, {
    ...about,
    partials,
    parts: parts.length,
    ...(rounds === undefined ? {} : { rounds: roundsByPartial(partials, rounds) }),
    ...(indexes === undefined ? {} : { indexes }),
  });
}

/** @param rounds by the callers' names */
export function roundsByPartial(
  partials: AggregationPartials,
  rounds: ReadonlyMap<string, RoundsTold>,
): NonNullable<FinishOptions['rounds']> {
  return new Map(Array.from(rounds, ([name, told]) => [partials[name]!, told]));
}
