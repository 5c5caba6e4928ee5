/** The first round of a scored search: how often its terms occur in the collection. See docs/decisions/0004. */
import type { StatisticsTask } from '../../shared/protocol/tasks/statistics.ts';
import type { ShardFailure } from '../../shared/protocol/tasks/task.ts';
import { scoringTerms, type FieldTerms } from '../../shared/query/query.ts';
import { needsScores } from '../../shared/query/needs-scores.ts';
import { noStatistics, type Statistics } from '../../shared/ranking/statistics.ts';
import { requireCoverage } from '../gather/coverage.ts';
import { gatherStatistics } from '../gather/gather.ts';
import { pinnedBy, type PinnedState } from '../route/pinned-state.ts';
import { endOfCounting } from './deadline.ts';
import { coverageOf } from './search-coverage.ts';
import type { IndexState } from './statistics-cache.ts';
import type { Answer } from '../scatter/drive.ts';
import { askRound, shardsAsked, type SearchRun } from './search-run.ts';

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
  /** Where the counts were known: the state they are of, which has to be the one that is searched. */
  readonly countedAt: IndexState | null;
}

/**
 * Counts over every shard. A shard whose counts are missing is left out of the search too: scores are those of the
 * collection the answer covers. Such a shard is waited for past half of the time only where there would be no answer.
 * @throws SheafError COVERAGE_TOO_LOW; `signal.reason` when the caller left
 */
export async function countTerms(run: SearchRun): Promise<Counted> {
  const terms = needsScores(run.request) ? scoringTerms(run.request.query) : {};
  const shards = shardsAsked(run);
  if (Object.keys(terms).length === 0) {
    return {
      terms,
      isScored: false,
      statistics: noStatistics,
      answered: shards,
      failures: [],
      pinned: run.pinned,
      countedAt: null,
    };
  }
  // What is known, and what is kept, is of a whole index.
  const isWhole = shards.length === run.index.shards;
  const known = isWhole && run.request.at === undefined ? knownCounts(run, terms) : null;
  if (known !== null) {
    return { terms, isScored: true, ...known, answered: shards, failures: [], pinned: null };
  }
  const counted = await askRound<StatisticsTask>(run, {
    name: 'statistics',
    shards,
    // Only as many tasks as must be: there is nothing to share.
    spread: run.spread === 'narrow' ? 'narrow' : 'even',
    pinned: run.pinned,
    end: endOfCounting(run.root.clock.now(), run.deadlines),
    taskClass: 'statistics',
    makeTask: (base) => ({ ...base, kind: 'statistics', terms }),
  });
  requireCoverage(coverageOf(run, counted, counted.failures), run.coverageRequired);
  const { answers, answered, failures } = counted;
  const statistics = gatherStatistics(answers.map(({ partial }) => partial));
  if (isWhole && failures.length === 0) keepCounts(run, answers, statistics);
  return {
    terms,
    isScored: true,
    statistics,
    answered,
    failures,
    pinned: run.request.at === undefined ? null : pinnedBy(answers),
    countedAt: null,
  };
}

/** The counts of the state that every replica reports, where it is as new as the search wants it and they are known. */
function knownCounts(
  { root, index, at }: SearchRun,
  terms: FieldTerms,
): Pick<Counted, 'statistics' | 'countedAt'> | null {
  const state = root.directory.stateOf(index.id, index.shards);
  if (state === null || Object.entries(at).some(([shard, offset]) => state[Number(shard)]! < offset)) return null;
  const statistics = root.statistics.find(index.id, state, terms);
  return statistics === null ? null : { statistics, countedAt: state };
}

function keepCounts(run: SearchRun, answers: readonly Answer<StatisticsTask>[], counts: Statistics): void {
  const offsets = new Map<number, number>();
  for (const { partial } of answers) for (const shard of partial.shards) offsets.set(shard, partial.offsets[shard]!);
  const state = shardsAsked(run).map((shard) => offsets.get(shard)!);
  run.root.statistics.keep(run.index.id, state, counts);
}

/**
 * Whether a search round found that counts which were known are of another state than the shards are now: then they
 * are forgotten, and have to be taken anew.
 */
export function areStale({ root, index }: SearchRun, counted: Counted, searched: Failed): boolean {
  if (counted.countedAt === null || !searched.failures.some(({ code }) => code === 'COUNTS_STALE')) return false;
  root.statistics.forget(index.id);
  return true;
}

interface Failed {
  readonly failures: readonly ShardFailure[];
}
