import { shaped, validateNumber, validateProperty } from '../../json/validators.ts';
import type { Clause, ClauseDefinition } from '../clause.ts';

/** The same documents, each with this score. */
export interface ConstantScoreClause<Inner> {
  readonly kind: 'constantScore';
  readonly query: Inner;
  readonly score: number;
}

const validateScore = shaped({ score: validateNumber });

export const constantScore: ClauseDefinition<ConstantScoreClause<Clause>> = {
  validate(node, inner) {
    validateProperty(node, 'query', inner);
    return validateScore(node);
  },
  children: ({ query }) => [{ query, role: 'filter' }],
  mayExclude: ({ query }, inner) => inner(query),
  mayMatchWithin: ({ query }, _boundsOf, inner) => inner(query),
};
