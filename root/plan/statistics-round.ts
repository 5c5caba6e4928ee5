/** The first round of a scored search: how often its terms occur in the collection. See docs/decisions/0004. */
import type { ShardFailure, StatisticsTask } from '../../shared/protocol/tasks.ts';
import { scoringTerms, type FieldTerms } from '../../shared/query/query.ts';
import { needsScores } from '../../shared/query/request.ts';
import { noStatistics, type Statistics } from '../../shared/ranking/statistics.ts';
import { coverageOf } from '../gather/answer.ts';
import { requireCoverage } from '../gather/coverage.ts';
import { gatherStatistics } from '../gather/gather.ts';
import { pinnedBy, type PinnedState } from '../route/pinned-state.ts';
import { statisticsDeadline } from './deadline.ts';
import { askRound, everyShard, type SearchRun } from './search-run.ts';

/** What the scores of a search are computed from. */
export interface Counted {
  /** The terms that score; none where no hit needs a score. */
  readonly terms: FieldTerms;
  readonly isScored: boolean;
  readonly statistics: Statistics;
  /** Shards whose counts these are. */
  readonly answered: readonly number[];
  readonly failures: readonly ShardFailure[];
  /** What the counts are of, where the search is pinned: the hits must be of the same. */
  readonly pinned: PinnedState | null;
}

/**
 * Counts over every shard. A shard whose counts are missing is left out of the search too: scores are those of the
 * collection the answer covers.
 * @throws SheafError COVERAGE_TOO_LOW; `signal.reason` when the caller left
 */
export async function countTerms(run: SearchRun): Promise<Counted> {
  const terms = needsScores(run.request) ? scoringTerms(run.request.query) : {};
  const shards = everyShard(run);
  if (Object.keys(terms).length === 0) {
    return { terms, isScored: false, statistics: noStatistics, answered: shards, failures: [], pinned: run.pinned };
  }
  const counted = await askRound<StatisticsTask>(run, {
    name: 'statistics',
    shards,
    pinned: run.pinned,
    deadline: statisticsDeadline(run.root.clock.now(), run.deadlines),
    taskClass: 'statistics',
    makeTask: (base) => ({ ...base, kind: 'statistics', terms }),
  });
  requireCoverage(coverageOf(run, counted, counted.failures), run.coverageMin);
  const { answers, answered, failures } = counted;
  return {
    terms,
    isScored: true,
    statistics: gatherStatistics(answers.map(({ partial }) => partial)),
    answered,
    failures,
    pinned: run.request.at === undefined ? null : pinnedBy(answers),
  };
}
