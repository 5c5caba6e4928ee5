import { readString } from '../../json/readers.ts';
import { shaped } from '../../json/validators.ts';
import { ownField, type ClauseDefinition } from '../clause.ts';

/** Documents with a term of a text or keyword field that begins so. Scores 1. */
export interface PrefixClause {
  readonly kind: 'prefix';
  readonly field: string;
  readonly prefix: string;
}

export const prefix: ClauseDefinition<PrefixClause> = {
  validate: shaped({ field: readString, prefix: readString }),
  visit: (clause, visitor) => visitor.pattern(clause.field, () => (term) => term.startsWith(clause.prefix)),
  fields: ownField,
};
