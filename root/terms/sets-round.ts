/** The round that finds: one task a leaf, about the terms it holds. */
import type { SetsTask } from '../../shared/protocol/tasks/sets.ts';
import { scoringTerms } from '../../shared/query/query.ts';
import { requireCoverage } from '../gather/coverage.ts';
import type { Gathered } from '../scatter/drive.ts';
import { askSome } from '../plan/ask-some.ts';
import { endOfSets } from '../plan/deadline.ts';
import type { SearchRound, SearchRun } from '../plan/search-run.ts';
import type { SetPlan } from './plan-sets.ts';
import { termCoverage } from './term-coverage.ts';

export interface SetsRound extends Gathered<SetsTask> {
  /**
   * The lowest log offset of all that answered: documents above it are left out, so that the answer is of one state.
   * −1 where nothing answered.
   */
  readonly cut: number;
  /** Documents of the whole index up to there; null where nothing answered. */
  readonly collection: number | null;
}

/** @throws SheafError COVERAGE_TOO_LOW and the request's own errors; `signal.reason` when the caller left */
export async function askSets(run: SearchRun, plan: SetPlan): Promise<SetsRound> {
  const { terms, expression, apart, frequencies, shards } = plan;
  const scoring = plan.score === null ? {} : scoringTerms(run.request.query);
  const gathered = await askSome<SetsTask>(run, {
    name: 'sets',
    shards,
    end: setsEnd(run),
    taskClass: plan.score === null ? 'sets' : 'scored sets',
    makeTask: (base) => ({ ...base, kind: 'sets', terms, expression, apart, frequencies, scoring }),
  });
  const partials = gathered.answers.map(({ partial }) => partial);
  const offsets = partials.flatMap((partial) => Object.values(partial.offsets));
  const cut = offsets.length === 0 ? -1 : Math.min(...offsets);
  const lowest = partials.find((partial) => Object.values(partial.offsets).includes(cut));
  const round = { ...gathered, cut, collection: lowest?.collection ?? null };
  requireCoverage(termCoverage(run, { round, later: [] }), run.coverageRequired);
  return round;
}

function setsEnd({ root, request, deadlines }: SearchRun): SearchRound<SetsTask>['end'] {
  return request.size > 0 ? endOfSets(root.clock.now(), deadlines) : deadlines.scatterBy;
}
