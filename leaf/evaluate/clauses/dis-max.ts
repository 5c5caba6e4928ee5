import type { QueryOf } from '../../../shared/query/query.ts';
import type { ClauseKind } from '../clause-kind.ts';
import { DisjunctionMax } from '../disjunction-max.ts';
import { explainAll, sumOf } from '../explain-parts.ts';
import { EmptyIterator } from '../iterator.ts';

export const disMax: ClauseKind<QueryOf<'disMax'>> = {
  iterate(scope, { queries, tieBreaker }, scoring) {
    const clauses = queries.map((child) => scope.iterate(child, scoring));
    return clauses.length === 0 ? new EmptyIterator() : new DisjunctionMax(clauses, tieBreaker);
  },
  explain(scope, { queries, tieBreaker }, scoring) {
    const children = queries.map((child) => scope.explain(child, scoring));
    return (docId) => {
      const details = explainAll(children, docId);
      if (details.length === 0) return null;
      const most = Math.max(0, ...details.map(({ value }) => value));
      const value = most + tieBreaker * (sumOf(details) - most);
      const description = `dis_max: the greatest + ${tieBreaker} × (the sum − the greatest)`;
      return { value, description, details };
    };
  },
  mayMatch: (_segment, { queries }, inner) => queries.some(inner),
};
