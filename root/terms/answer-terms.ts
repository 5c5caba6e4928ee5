/** The last stage of a search of a term index: hits with their documents, and how complete it all is. */
import type { SearchAnswer } from '../gather/answer.ts';
import { relationOf, requireCoverage } from '../gather/coverage.ts';
import type { SearchRun } from '../plan/search-run.ts';
import type { SortKey } from '../../shared/ranking/order.ts';
import { tokenOfAnswer } from '../route/token.ts';
import type { Match } from './best-matches.ts';
import type { CountedUpTo } from './count-up-to.ts';
import type { Matched } from './match-documents.ts';
import type { SetsRound } from './sets-round.ts';
import type { FetchedDocument, SourcesRound } from './sources-round.ts';
import { termCoverage, usedOffsets } from './term-coverage.ts';

export interface TermStages {
  readonly round: SetsRound;
  readonly counted: CountedUpTo;
  readonly matched: Matched;
  readonly fetched: SourcesRound;
}

/** @throws SheafError COVERAGE_TOO_LOW, or the request's own error */
export function answerTerms(run: SearchRun, { round, counted, matched, fetched }: TermStages): SearchAnswer {
  const { root, request, index, arrivedAt, timeline } = run;
  const mergeBeganAt = root.clock.now();
  const later = [{ answered: [], failures: counted.failures }, fetched];
  const coverage = termCoverage(run, { round, later });
  requireCoverage(coverage, run.coverageRequired);
  const page = matched.hits.slice(request.from).flatMap((match) => {
    // A document that could not be fetched is told by the coverage, and has no key to be shown by.
    const document = fetched.documents.get(match.ordinal);
    return document === undefined ? [] : [toHit(match, document, request.sort, index.shards)];
  });
  const answeredAt = root.clock.now();
  return {
    total: matched.total,
    totalRelation: relationOf('eq', coverage),
    hits: page,
    bestScore: matched.hits[0]?.score ?? null,
    parts: [],
    coverage,
    // Its shards hold terms, and say nothing of how many documents match.
    missing: null,
    uncounted: 0,
    token: tokenOfAnswer(index, run.at, usedOffsets(round)),
    tookMs: answeredAt - arrivedAt,
    mergedMs: answeredAt - mergeBeganAt,
    mergeWork: null,
    ...(timeline === null ? {} : { profile: timeline.render(mergeBeganAt, answeredAt) }),
  };
}

function toHit(
  { ordinal, score }: Match,
  { key, source }: FetchedDocument,
  sort: readonly SortKey[],
  shards: number,
): SearchAnswer['hits'][number] {
  const values = sort.map((one) => (one.by === 'score' ? score : ordinal));
  return { key, shard: ordinal % shards, offset: ordinal, score, values, source };
}
