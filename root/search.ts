/**
 * The read path: what happens to a search, stage by stage.
 *
 *     request → deadlines → statistics round → search round → gather → coverage → answer
 */
import type { IndexDefinition } from '../shared/catalog/catalog.ts';
import type { SearchTask, StatisticsTask } from '../shared/protocol/tasks.ts';
import { scoringTerms } from '../shared/query/query.ts';
import { similaritiesOf } from '../shared/schema/similarities.ts';
import { needsScores, totalUpTo, type SearchRequest } from '../shared/query/request.ts';
import { noStatistics } from '../shared/ranking/statistics.ts';
import { makeCoverage, requireCoverage, type Coverage } from './gather/coverage.ts';
import { gatherSearch, gatherStatistics, type GatheredSearch } from './gather/gather.ts';
import { Timeline, type RenderedTimeline } from './gather/timeline.ts';
import { planDeadlines, statisticsDeadline } from './plan/deadline.ts';
import { askShards, type RoundDependencies } from './plan/round.ts';
import { offsetsForSearch } from './route/token.ts';

export interface SearchDefaults {
  readonly timeoutMs: number;
  readonly coverageMin: number;
}

export interface SearchAnswer extends GatheredSearch {
  readonly tookMs: number;
  readonly coverage: Coverage;
  /** Where the request asked for it. */
  readonly profile?: RenderedTimeline;
}

/**
 * Answers a search by its deadline, whatever a leaf does.
 * @param arrivedAt when the request came, on the clock
 * @throws SheafError COVERAGE_TOO_LOW, TOKEN_INVALID; `signal.reason` when the caller left
 */
export async function search(
  root: RoundDependencies,
  defaults: SearchDefaults,
  index: IndexDefinition,
  request: SearchRequest,
  { arrivedAt, signal }: { readonly arrivedAt: number; readonly signal: AbortSignal },
): Promise<SearchAnswer> {
  const { clock, mergeReserve } = root;
  const timeoutMs = request.timeoutMs ?? defaults.timeoutMs;
  const deadlines = planDeadlines(arrivedAt, timeoutMs, mergeReserve.reserveMs(timeoutMs, clock.now()));
  const coverageMin = request.coverageMin ?? defaults.coverageMin;
  const at = request.token === undefined ? {} : offsetsForSearch(request.token, index);
  const every = Array.from({ length: index.shards }, (_, shard) => shard);
  const documentsOf = (shard: number): number | null => root.directory.documentsOf(index.id, shard);
  const waitMin = request.coverageStrict ? 1 : coverageMin;
  const timeline = request.profile === true ? new Timeline(arrivedAt) : null;
  const about = {
    ...(request.priority === undefined ? {} : { priority: request.priority }),
    ...(timeline === null ? {} : { profile: true }),
  };
  const common = { index, at, signal, about };

  const terms = needsScores(request) ? scoringTerms(request.query) : {};
  const counting = Object.keys(terms).length > 0;
  const counted = counting
    ? await askShards<StatisticsTask>(root, {
        ...common,
        shards: every,
        coverageMin: waitMin,
        deadline: statisticsDeadline(clock.now(), deadlines),
        taskClass: 'statistics',
        ...timeline?.round('statistics', clock.now()),
        makeTask: (base) => ({ ...base, kind: 'statistics', terms }),
      })
    : { answers: [], answered: every, failures: [] };
  // A shard whose counts are missing is left out: scores are those of the collection the answer covers.
  const documents = countDocuments(counted.answers);
  requireCoverage(makeCoverage({ asked: every.length, ...counted, documents, documentsOf }), coverageMin);

  const work = {
    kind: 'search',
    query: request.query,
    k: request.from + request.size,
    sort: request.sort,
    source: request.source,
    aggregations: request.aggregations,
    ...totalUpTo(request),
    similarities: similaritiesOf(index.schema, terms),
    statistics: counting ? gatherStatistics(counted.answers.map(({ partial }) => partial)) : noStatistics,
  } as const;
  const searched = await askShards<SearchTask>(root, {
    ...common,
    shards: counted.answered,
    coverageMin: Math.min(1, (waitMin * every.length) / Math.max(1, counted.answered.length)),
    deadline: deadlines.scatterBy,
    taskClass: counting ? 'scored search' : 'search',
    ...timeline?.round('search', clock.now()),
    makeTask: (base) => ({ ...base, ...work }),
  });

  const searchedAt = clock.now();
  const gathered = gatherSearch(work, searched.answers);
  const coverage = makeCoverage({
    asked: every.length,
    answered: searched.answered,
    failures: [...counted.failures, ...searched.failures],
    documents: countDocuments(searched.answers),
    documentsOf,
  });
  requireCoverage(coverage, coverageMin);
  const answeredAt = clock.now();
  mergeReserve.record(answeredAt - searchedAt, answeredAt);
  const profile = timeline === null ? {} : { profile: timeline.render(searchedAt, answeredAt) };
  return { ...gathered, coverage, tookMs: answeredAt - arrivedAt, ...profile };
}

/** Live documents of the shards that answered. */
function countDocuments(answers: readonly { readonly partial: { readonly documents: number } }[]): number {
  return answers.reduce((sum, { partial }) => sum + partial.documents, 0);
}
