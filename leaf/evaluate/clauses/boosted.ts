import type { Query, QueryOf } from '../../../shared/query/query.ts';
import { boostedContext, type ScoringContext } from '../../score/scoring.ts';
import type { ClauseKind, ClauseScope } from '../clause-kind.ts';
import { Boosted } from '../rescored.ts';

type BoostedQuery = QueryOf<'boosted'>;

/** What scores by the weights of its terms is boosted by these, and found by bounds as it would be without. */
export const boosted: ClauseKind<BoostedQuery> = {
  iterate(scope, { query, boost }, scoring) {
    if (scoring === null) return scope.iterate(query, null);
    if (scope.isWeighed(query)) return scope.iterate(query, boostedContext(scoring, boost));
    return new Boosted(scope.iterate(query, scoring), boost);
  },
  explain(scope, { query, boost }, scoring) {
    if (scope.isWeighed(query)) return scope.explain(query, boostedContext(scoring, boost));
    const explain = scope.explain(query, scoring);
    return (docId) => {
      const inner = explain(docId);
      if (inner === null) return null;
      return { value: inner.value * boost, description: `boost: the score × ${boost}`, details: [inner] };
    };
  },
  prune: (scope, query, scoring) => ask(scope, query, scoring, (inner, boosting) => scope.prune(inner, boosting)),
  boundedTerm: (scope, query, scoring) =>
    ask(scope, query, scoring, (inner, boosting) => scope.boundedTerm(inner, boosting)),
  mayMatch: (_segment, { query }, inner) => inner(query),
};

/** Bounds take a score of 0 for none: with so small a boost it may be one. */
const boundedBoostMin = 1e-100;

function ask<Answer>(
  scope: ClauseScope,
  { query, boost }: BoostedQuery,
  scoring: ScoringContext,
  inner: (query: Query, scoring: ScoringContext) => Answer | null,
): Answer | null {
  return boost >= boundedBoostMin && scope.isWeighed(query) ? inner(query, boostedContext(scoring, boost)) : null;
}
