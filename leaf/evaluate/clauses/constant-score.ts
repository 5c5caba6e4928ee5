import type { QueryOf } from '../../../shared/query/query.ts';
import type { ClauseKind } from '../clause-kind.ts';
import { ConstantScore } from '../rescored.ts';

export const constantScore: ClauseKind<QueryOf<'constantScore'>> = {
  iterate: (scope, { query, score }) => new ConstantScore(scope.iterate(query, null), score),
  mayMatch: (_segment, { query }, inner) => inner(query),
};
