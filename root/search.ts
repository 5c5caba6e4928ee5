/**
 * The read path: what happens to a search, stage by stage. Only the order of the stages.
 *
 *     request → deadlines → statistics round → search round → gather → coverage → answer
 *
 * A term index has stages of its own: terms/search-terms.ts.
 */
import type { IndexDefinition } from '../shared/catalog/catalog.ts';
import type { SearchRequest } from '../shared/query/request.ts';
import { answerSearch, type SearchAnswer } from './gather/answer.ts';
import { profiled } from './gather/profiled-error.ts';
import type { RoundDependencies } from './plan/round.ts';
import { searchShards } from './plan/search-round.ts';
import { beginSearch, type Arrival, type SearchDefaults, type SearchRun } from './plan/search-run.ts';
import { areStale, countTerms } from './plan/statistics-round.ts';
import { searchTerms } from './terms/search-terms.ts';

/**
 * Answers a search by its deadline, whatever a leaf does.
 * @throws SheafError COVERAGE_TOO_LOW, TOKEN_INVALID, and of a term index INDEX_KIND_WRONG; `signal.reason` when the caller left
 */
export async function search(
  root: RoundDependencies,
  defaults: SearchDefaults,
  index: IndexDefinition,
  request: SearchRequest,
  arrival: Arrival,
): Promise<SearchAnswer> {
  const run = beginSearch(root, defaults, index, request, arrival);
  try {
    return await (index.kind === 'term' ? searchTerms(run) : searchDocuments(run));
  } catch (error) {
    throw profiled(run, error);
  }
}

async function searchDocuments(run: SearchRun): Promise<SearchAnswer> {
  let counted = await countTerms(run);
  let searched = await searchShards(run, counted);
  if (areStale(run, counted, searched)) {
    counted = await countTerms(run);
    searched = await searchShards(run, counted);
  }
  return answerSearch(run, counted.failures, searched);
}
