import type { QueryOf } from '../../../shared/query/query.ts';
import type { ClauseKind } from '../clause-kind.ts';
import { Boosted } from '../rescored.ts';

export const boosted: ClauseKind<QueryOf<'boosted'>> = {
  iterate(scope, { query, boost }, scoring) {
    const inner = scope.iterate(query, scoring);
    return scoring === null ? inner : new Boosted(inner, boost);
  },
  explain(scope, { query, boost }, scoring) {
    const explain = scope.explain(query, scoring);
    return (docId) => {
      const inner = explain(docId);
      if (inner === null) return null;
      return { value: inner.value * boost, description: `boost: the score × ${boost}`, details: [inner] };
    };
  },
  mayMatch: (_segment, { query }, inner) => inner(query),
};
