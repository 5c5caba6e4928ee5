import { numberThat } from '../../json/readers.ts';
import { shaped, validateProperty } from '../../json/validators.ts';
import type { Clause, ClauseDefinition } from '../clause.ts';

/** The documents of `positive`, with their scores; of those that `negative` matches, times `negativeBoost`, from 0 to 1. */
export interface BoostingClause<Inner> {
  readonly kind: 'boosting';
  readonly positive: Inner;
  readonly negative: Inner;
  readonly negativeBoost: number;
}

const validateBoost = shaped({
  negativeBoost: numberThat('a number from 0 to 1', (value) => value >= 0 && value <= 1),
});

export const boosting: ClauseDefinition<BoostingClause<Clause>> = {
  validate(node, inner) {
    validateProperty(node, 'positive', inner);
    validateProperty(node, 'negative', inner);
    return validateBoost(node);
  },
  children: ({ positive, negative }) => [
    { query: positive, role: 'scored' },
    { query: negative, role: 'excluded' },
  ],
  mayExclude: ({ positive }, inner) => inner(positive),
  mayMatchWithin: ({ positive }, _boundsOf, inner) => inner(positive),
};
