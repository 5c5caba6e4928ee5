import type { QueryOf } from '../../../shared/query/query.ts';
import type { ClauseKind } from '../clause-kind.ts';
import { Demoted } from '../rescored.ts';

export const boosting: ClauseKind<QueryOf<'boosting'>> = {
  iterate(scope, { positive, negative, negativeBoost }, scoring) {
    const inner = scope.iterate(positive, scoring);
    return scoring === null ? inner : new Demoted(inner, scope.iterate(negative, null), negativeBoost);
  },
  explain(scope, { positive, negative, negativeBoost }, scoring) {
    const explain = scope.explain(positive, scoring);
    const demoting = scope.iterate(negative, null);
    return (docId) => {
      const inner = explain(docId);
      if (inner === null || demoting.advance(docId, docId + 1) !== docId) return inner;
      const description = `boosting: the negative query matches, the score × ${negativeBoost}`;
      return { value: inner.value * negativeBoost, description, details: [inner] };
    };
  },
  mayMatch: (_segment, { positive }, inner) => inner(positive),
};
