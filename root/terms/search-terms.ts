/**
 * A search of a term index, stage by stage. Only the order of the stages.
 *
 *     request → plan → sets round → statistics up to the cut → match and rank → sources round → coverage → answer
 */
import { needsScores } from '../../shared/query/needs-scores.ts';
import type { SearchAnswer } from '../gather/answer.ts';
import type { SearchRun } from '../plan/search-run.ts';
import { answerTerms } from './answer-terms.ts';
import { countUpTo } from './count-up-to.ts';
import { matchDocuments } from './match-documents.ts';
import { planSets } from './plan-sets.ts';
import { fetchSources } from './sources-round.ts';
import { askSets } from './sets-round.ts';
import { refuseUnserved } from './unserved.ts';

/** @throws SheafError INDEX_KIND_WRONG, COVERAGE_TOO_LOW, QUERY_TOO_MANY_POSTINGS; `signal.reason` when the caller left */
export async function searchTerms(run: SearchRun): Promise<SearchAnswer> {
  refuseUnserved(run.request);
  const plan = planSets(run.request.query, run.index, needsScores(run.request));
  const round = await askSets(run, plan);
  const counted = await countUpTo(run, plan, round);
  const matched = matchDocuments(run, plan, round, counted.statistics);
  const fetched = await fetchSources(run, matched.hits, round.cut);
  return answerTerms(run, { round, counted, matched, fetched });
}
