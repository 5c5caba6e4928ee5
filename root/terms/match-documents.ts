/** What matches, how many, and which of it is the best, from the sets and postings that came. */
import { similaritiesOf } from '../../shared/schema/similarities.ts';
import { RoaringArenaAllocator } from '../../shared/document-sets/roaring.ts';
import { scoringTerms } from '../../shared/query/query.ts';
import type { Statistics } from '../../shared/ranking/statistics.ts';
import type { SearchRun } from '../plan/search-run.ts';
import { bestMatches, type Match } from './best-matches.ts';
import { GatheredSets } from './gathered-sets.ts';
import type { SetPlan } from './plan-sets.ts';
import { scoreMatches } from './rank.ts';
import type { SetsRound } from './sets-round.ts';

export interface Matched {
  readonly total: number;
  /** The best from + size, best first. */
  readonly hits: readonly Match[];
}

/** Cost: the sets, and where scores are needed the postings and a few passes over the matches. */
export function matchDocuments(
  { request, index }: SearchRun,
  plan: SetPlan,
  { answers, cut }: SetsRound,
  statistics: Statistics,
): Matched {
  return new RoaringArenaAllocator().with(() => {
    const sets = new GatheredSets(answers);
    const matching = sets.certain(plan.expression).clone();
    matching.removeRange(cut + 1);
    const matches = matching.toUint32Array();
    const k = request.from + request.size;
    const similarities = similaritiesOf(index.schema, scoringTerms(request.query));
    const isScored = plan.score !== null && k > 0;
    const scores = isScored ? scoreMatches({ plan, sets, statistics, similarities }, plan.score, matches) : null;
    return { total: matches.length, hits: bestMatches(matches, scores, { k, sort: request.sort }) };
  });
}
