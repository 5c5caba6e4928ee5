import type { QueryOf } from '../../../shared/query/query.ts';
import type { ClauseKind } from '../clause-kind.ts';
import { ConstantScore } from '../rescored.ts';

export const constantScore: ClauseKind<QueryOf<'constantScore'>> = {
  iterate(scope, { query, score }, scoring) {
    const inner = scope.iterate(query, null);
    return scoring === null ? inner : new ConstantScore(inner, score);
  },
  mayMatch: (_segment, { query }, inner) => inner(query),
};
