/** The last stage of a search: adds up what the partials count, and says how complete the answer is. */
import type { RoundsTold } from '../../shared/aggregation/definition.ts';
import type { ShardFailure } from '../../shared/protocol/tasks/task.ts';
import type { AskedPart } from '../plan/aggregation-rounds.ts';
import type { FilledPage } from '../plan/fill-page.ts';
import type { SearchRun } from '../plan/search-run.ts';
import { encodeState, pinnedBy } from '../route/pinned-state.ts';
import type { Missing } from '../../shared/aggregation/missing-shards.ts';
import type { MergeWork } from '../plan/merge-reserve.ts';
import { missingOf, uncountedOf } from '../plan/missing-shards.ts';
import { tokenOfAnswer } from '../route/token.ts';
import { partialOfSkipped } from '../plan/skipped-shard.ts';
import { coverageOf } from '../plan/search-coverage.ts';
import { relationOf, requireCoverage, type Coverage } from './coverage.ts';
import { gatherCounts, type GatheredSearch } from './gather.ts';
import type { RenderedTimeline, Timeline } from './timeline.ts';

export interface SearchAnswer extends GatheredSearch {
  readonly tookMs: number;
  /** Of these, from the last partial on. */
  readonly mergedMs: number;
  /** What that is measured as; null where nothing was merged. */
  readonly mergeWork: MergeWork | null;
  readonly coverage: Coverage;
  /** The shards that did not answer, as far as they bound the answer; null where all did. */
  readonly missing: Missing | null;
  /** By the callers' names, what the rounds of aggregations took. */
  readonly rounds?: ReadonlyMap<string, RoundsTold>;
  /** Of one of several searches that make one answer: what the aggregations are of, to be asked on together. */
  readonly askedParts?: readonly AskedPart[];
  /** Of the same: what these rounds are noted in, where the request asked for a profile. */
  readonly timeline?: Timeline;
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
  { searched, hits, bestScore, gatheredAt, rounds }: FilledPage,
): SearchAnswer {
  const { root, arrivedAt, timeline, trace } = run;
  const coverage = coverageOf(run, searched, [...leftOut, ...searched.failures]);
  requireCoverage(coverage, run.coverageRequired);
  const counts = gatherCounts(searched.answers);
  const gathered = { ...counts, totalRelation: relationOf(counts.totalRelation, coverage), hits, bestScore };
  const missing = missingOf(run, coverage);
  const uncounted = uncountedOf(counts, coverage);
  const answeredAt = root.clock.now();
  trace?.merged(gatheredAt, answeredAt);
  const profile = timeline === null ? {} : { profile: timeline.render(gatheredAt, answeredAt) };
  const at = run.request.at === undefined ? {} : { at: encodeState(run.index.id, pinnedBy(searched.answers)) };
  const partials = [...searched.answers.map(({ partial }) => partial), ...run.skipped.map(partialOfSkipped)];
  const token = tokenOfAnswer(run.index, run.at, partials);
  return {
    ...gathered,
    ...(rounds === undefined ? {} : { rounds }),
    coverage,
    missing,
    uncounted,
    token,
    tookMs: answeredAt - arrivedAt,
    mergedMs: answeredAt - gatheredAt,
    mergeWork: searched.answers.length > 0 ? run.mergeWork : null,
    ...at,
    ...profile,
  };
}
