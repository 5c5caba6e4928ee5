/** The last stage of a search: merges the partials and says how complete the answer is. */
import type { SearchTask, ShardFailure } from '../../shared/protocol/tasks.ts';
import type { SearchRun } from '../plan/search-run.ts';
import { encodeState, pinnedBy } from '../route/pinned-state.ts';
import type { Gathered } from '../scatter/drive.ts';
import { makeCoverage, requireCoverage, type Coverage } from './coverage.ts';
import { gatherSearch, type GatheredSearch } from './gather.ts';
import type { RenderedTimeline } from './timeline.ts';

export interface SearchAnswer extends GatheredSearch {
  readonly tookMs: number;
  readonly coverage: Coverage;
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
  searched: Gathered<SearchTask>,
): SearchAnswer {
  const { root, request, arrivedAt, timeline, trace } = run;
  const mergeBeganAt = root.clock.now();
  const { from, size, sort, aggregations } = request;
  const gathered = gatherSearch({ k: from + size, sort, aggregations }, searched.answers);
  const coverage = coverageOf(run, searched, [...leftOut, ...searched.failures]);
  requireCoverage(coverage, run.coverageMin);
  const answeredAt = root.clock.now();
  trace?.merged(mergeBeganAt, answeredAt);
  root.mergeReserve.record(answeredAt - mergeBeganAt, answeredAt);
  const profile = timeline === null ? {} : { profile: timeline.render(mergeBeganAt, answeredAt) };
  const at = request.at === undefined ? {} : { at: encodeState(run.index.id, pinnedBy(searched.answers)) };
  return { ...gathered, coverage, tookMs: answeredAt - arrivedAt, ...at, ...profile };
}

/** Coverage of every shard of the index by what one round gathered. */
export function coverageOf(
  { root, index }: SearchRun,
  { answers, answered }: CountedDocuments,
  failures: readonly ShardFailure[],
): Coverage {
  return makeCoverage({
    asked: index.shards,
    answered,
    failures,
    documents: answers.reduce((sum, { partial }) => sum + partial.documents, 0),
    documentsOf: (shard) => root.directory.documentsOf(index.id, shard),
  });
}

interface CountedDocuments {
  /** Of the shards that answered, with their live documents. */
  readonly answers: readonly { readonly partial: { readonly documents: number } }[];
  readonly answered: readonly number[];
}
