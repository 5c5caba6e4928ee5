import { readBoolean, readString } from '../../json/readers.ts';
import { shaped } from '../../json/validators.ts';
import { ownField, type ClauseDefinition } from '../clause.ts';

/**
 * Documents with a value in the range, in a keyword field and in code point order (see ranking/order.ts); an absent bound
 * is open. Scores 1.
 */
export interface KeywordRangeClause {
  readonly kind: 'keywordRange';
  readonly field: string;
  readonly low?: string;
  readonly lowInclusive: boolean;
  readonly high?: string;
  readonly highInclusive: boolean;
}

export const keywordRange: ClauseDefinition<KeywordRangeClause> = {
  validate: shaped(
    { field: readString, lowInclusive: readBoolean, highInclusive: readBoolean },
    { low: readString, high: readString },
  ),
  fields: ownField,
  mayExclude: () => true,
  calledAs: 'range',
};
