/** The last stage of a search: merges the rest of the partials and says how complete the answer is. */
import type { AggregationPartials, FinishOptions, RoundsTold } from '../../shared/aggregation/definition.ts';
import type { ShardFailure } from '../../shared/protocol/tasks/task.ts';
import type { AskedPart } from '../plan/aggregation-rounds.ts';
import type { FilledPage } from '../plan/fill-page.ts';
import type { SearchRun } from '../plan/search-run.ts';
import { encodeState, pinnedBy } from '../route/pinned-state.ts';
import type { Missing } from '../../shared/aggregation/missing-shards.ts';
import { missingOf, uncountedOf } from '../plan/missing-shards.ts';
import { tokenOfAnswer } from '../route/token.ts';
import { partialOfSkipped } from '../plan/skipped-shard.ts';
import { coverageOf } from '../plan/search-coverage.ts';
import { relationOf, requireCoverage, type Coverage } from './coverage.ts';
import { gatherCounts, type GatheredSearch } from './gather.ts';
import type { RenderedTimeline } from './timeline.ts';

export interface SearchAnswer extends GatheredSearch {
  readonly tookMs: number;
  /** Of these, from the last partial on. */
  readonly mergedMs: number;
  readonly coverage: Coverage;
  /** The shards that did not answer, as far as they bound the answer; null where all did. */
  readonly missing: Missing | null;
  /** See FinishOptions. */
  readonly rounds?: FinishOptions['rounds'];
  /** Of one of several searches that make one answer: what the aggregations are of, to be asked on together. */
  readonly parts?: readonly AskedPart[];
  /** Of the documents that answered, at most so many match that were not counted. */
  readonly uncounted: number;
  /** Names what was searched: given back, nothing older answers. Null where there was nothing. */
  readonly token: string | null;
  /** The state that answered, where it was pinned. */
  readonly at?: string;
  /** Where the request asked for it. */
  readonly profile?: RenderedTimeline;
}

/**
 * @param leftOut shards that no task of the round asked for
 * @throws SheafError COVERAGE_TOO_LOW, or the request's own error
 */
export function answerSearch(
  run: SearchRun,
  leftOut: readonly ShardFailure[],
  { searched, hits, gatheredAt, rounds }: FilledPage,
): SearchAnswer {
  const { root, request, arrivedAt, timeline, trace } = run;
  const coverage = coverageOf(run, searched, [...leftOut, ...searched.failures]);
  requireCoverage(coverage, run.coverageRequired);
  const counts = gatherCounts(request, searched.answers);
  const gathered = { ...counts, totalRelation: relationOf(counts.totalRelation, coverage), hits };
  const missing = missingOf(run, coverage);
  const uncounted = uncountedOf(counts, coverage);
  const answeredAt = root.clock.now();
  trace?.merged(gatheredAt, answeredAt);
  // Where no leaf answered there was nothing to merge.
  if (searched.answers.length > 0) root.mergeReserve.record(run.mergeWork, answeredAt - gatheredAt, answeredAt);
  const profile = timeline === null ? {} : { profile: timeline.render(gatheredAt, answeredAt) };
  const at = request.at === undefined ? {} : { at: encodeState(run.index.id, pinnedBy(searched.answers)) };
  const partials = [...searched.answers.map(({ partial }) => partial), ...run.skipped.map(partialOfSkipped)];
  const token = tokenOfAnswer(run.index, run.at, partials);
  return {
    ...gathered,
    ...(rounds === undefined ? {} : { rounds: roundsByPartial(counts.aggregations, rounds) }),
    coverage,
    missing,
    uncounted,
    token,
    tookMs: answeredAt - arrivedAt,
    mergedMs: answeredAt - gatheredAt,
    ...at,
    ...profile,
  };
}

/** @param rounds by the callers' names */
export function roundsByPartial(
  aggregations: AggregationPartials,
  rounds: ReadonlyMap<string, RoundsTold>,
): NonNullable<FinishOptions['rounds']> {
  return new Map(Array.from(rounds, ([name, told]) => [aggregations[name]!, told]));
}
