import { readBoolean, readString } from '../../json/readers.ts';
import { shaped, validateNumber } from '../../json/validators.ts';
import { ownField, type ClauseDefinition } from '../clause.ts';

/** Documents with a value in the range, in a field of numbers; an absent bound is open. Scores 1. */
export interface NumberRangeClause {
  readonly kind: 'numberRange';
  readonly field: string;
  readonly low?: number;
  readonly lowInclusive: boolean;
  readonly high?: number;
  readonly highInclusive: boolean;
}

export const numberRange: ClauseDefinition<NumberRangeClause> = {
  validate: shaped(
    { field: readString, lowInclusive: readBoolean, highInclusive: readBoolean },
    { low: validateNumber, high: validateNumber },
  ),
  fields: ownField,
  mayExclude: () => true,
  mayMatchWithin({ field, low = -Infinity, lowInclusive, high = Infinity, highInclusive }, boundsOf) {
    const values = boundsOf(field);
    if (values.most === 0 || values.low > high || values.high < low) return false;
    return (lowInclusive || values.high > low) && (highInclusive || values.low < high);
  },
  calledAs: 'range',
};
