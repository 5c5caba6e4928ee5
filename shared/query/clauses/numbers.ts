import { readString } from '../../json/readers.ts';
import { shaped, validateNumbers } from '../../json/validators.ts';
import { ownField, type ClauseDefinition } from '../clause.ts';

/** Documents with any of these values in a field of numbers. Scores 1. */
export interface NumbersClause {
  readonly kind: 'numbers';
  readonly field: string;
  readonly values: readonly number[];
}

export const numbers: ClauseDefinition<NumbersClause> = {
  validate: shaped({ field: readString, values: validateNumbers }),
  fields: ownField,
  mayExclude: () => true,
  mayMatchWithin({ field, values }, boundsOf) {
    const { most, low, high } = boundsOf(field);
    return most > 0 && values.some((value) => value >= low && value <= high);
  },
};
