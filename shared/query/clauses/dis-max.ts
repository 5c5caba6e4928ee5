import { numberThat } from '../../json/readers.ts';
import { listOf, shaped, validateProperty } from '../../json/validators.ts';
import type { Clause, ClauseDefinition } from '../clause.ts';

/** Documents that match any. The score is the greatest, plus `tieBreaker` (0 to 1) times the sum of the others. */
export interface DisMaxClause<Inner> {
  readonly kind: 'disMax';
  readonly queries: readonly Inner[];
  readonly tieBreaker: number;
}

const validateTieBreaker = shaped({
  tieBreaker: numberThat('a number from 0 to 1', (value) => value >= 0 && value <= 1),
});

export const disMax: ClauseDefinition<DisMaxClause<Clause>> = {
  validate(node, inner) {
    validateProperty(node, 'queries', listOf(inner));
    return validateTieBreaker(node);
  },
  children: ({ queries }) => queries.map((query) => ({ query, role: 'scored' })),
  mayExclude: ({ queries }, inner) => queries.every(inner),
  mayMatchWithin: ({ queries }, _boundsOf, inner) => queries.some(inner),
};
