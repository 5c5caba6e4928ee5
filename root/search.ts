/**
 * The read path: what happens to a search, stage by stage. Only the order of the stages.
 *
 *     request → deadlines → statistics round → search round → hits → fetch round → rounds of aggregations
 *       → gather → coverage → answer
 *
 * There is a fetch round where leaves have held back sources of hits that won. These are the stages of documents; a kind
 * of index may have stages of its own, as terms/search-terms.ts: see kinds/.
 */
import type { IndexDefinition } from '../shared/catalog/catalog.ts';
import type { SearchRequest } from '../shared/query/request.ts';
import { answerSearch, type SearchAnswer } from './gather/answer.ts';
import { profiled } from './gather/profiled-error.ts';
import type { RootKinds } from './kinds/root-kind.ts';
import type { RoundDependencies } from './plan/round.ts';
import { askOn, partsOf, roundsOf } from './plan/aggregation-rounds.ts';
import { fillPage, type FilledPage } from './plan/fill-page.ts';
import { searchShards } from './plan/search-round.ts';
import { beginSearch, type Arrival, type SearchDefaults, type SearchRun } from './plan/search-run.ts';
import { areStale, countTerms, type Counted } from './plan/statistics-round.ts';

export interface SearchDependencies extends RoundDependencies {
  readonly kinds: RootKinds;
}

/**
 * Answers a search by its deadline, whatever a leaf does.
 * @param request prepared by the kind of the index
 * @throws SheafError TOKEN_INVALID, PIN_INVALID, and what the kind's `search` throws
 */
export async function search(
  root: SearchDependencies,
  defaults: SearchDefaults,
  index: IndexDefinition,
  request: SearchRequest,
  arrival: Arrival,
): Promise<SearchAnswer> {
  const run = beginSearch(root, defaults, index, request, arrival);
  try {
    return await root.kinds[index.kind].search(run);
  } catch (error) {
    throw profiled(run, error);
  }
}

/** @throws SheafError COVERAGE_TOO_LOW, or the request's own error; `signal.reason` when the caller left */
export async function searchDocuments(run: SearchRun): Promise<SearchAnswer> {
  if (run.skipped.length === run.shards.length) return answerSearch(run, [], emptyPage(run));
  let counted = await countTerms(run);
  let page = await fillPage(run, counted, await searchShards(run, counted));
  if (areStale(run, counted, page.searched)) {
    counted = await countTerms(run);
    page = await fillPage(run, counted, await searchShards(run, counted));
  }
  const answer = answerSearch(run, counted.failures, await askOnOf(run, counted, page));
  if (run.joint === undefined) return answer;
  const { timeline } = run;
  const askedParts = partsOf(run, counted, page.searched.answers);
  return { ...answer, askedParts, ...(timeline === null ? {} : { timeline }) };
}

/** The page with aggregations as accurate as was asked. Of several indexes they are asked on together, see several/. */
async function askOnOf(run: SearchRun, counted: Counted, page: FilledPage): Promise<FilledPage> {
  if (run.joint !== undefined || Object.keys(run.request.aggregations).length === 0) return page;
  const { searched } = page;
  const { parts, told } = await askOn(partsOf(run, counted, searched.answers), roundsOf(run));
  const answers = searched.answers.map((answer, i) => {
    return { ...answer, partial: { ...answer.partial, aggregations: parts[i]! } };
  });
  return { ...page, searched: { ...searched, answers }, rounds: told, gatheredAt: run.root.clock.now() };
}

/** Of a search that need not ask any shard. */
function emptyPage({ root }: SearchRun): FilledPage {
  return {
    searched: { answers: [], answered: [], failures: [] },
    hits: [],
    bestScore: null,
    gatheredAt: root.clock.now(),
  };
}
