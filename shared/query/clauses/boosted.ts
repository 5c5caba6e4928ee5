import { numberThat } from '../../json/readers.ts';
import { shaped, validateProperty } from '../../json/validators.ts';
import type { Clause, ClauseDefinition } from '../clause.ts';

/** The same documents, their scores times `boost`, which is at least 0. */
export interface BoostedClause<Inner> {
  readonly kind: 'boosted';
  readonly query: Inner;
  readonly boost: number;
}

const validateBoost = shaped({ boost: numberThat('a number from 0', (value) => value >= 0) });

export const boosted: ClauseDefinition<BoostedClause<Clause>> = {
  validate(node, inner) {
    validateProperty(node, 'query', inner);
    return validateBoost(node);
  },
  children: ({ query }) => [{ query, role: 'scored' }],
  mayExclude: ({ query }, inner) => inner(query),
  mayMatchWithin: ({ query }, _boundsOf, inner) => inner(query),
};
