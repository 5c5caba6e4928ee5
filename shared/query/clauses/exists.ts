import { readString } from '../../json/readers.ts';
import { shaped } from '../../json/validators.ts';
import { ownField, type ClauseDefinition } from '../clause.ts';

/** Documents with at least one value of the field; an empty string is a value. Scores 1. */
export interface ExistsClause {
  readonly kind: 'exists';
  readonly field: string;
}

export const exists: ClauseDefinition<ExistsClause> = {
  validate: shaped({ field: readString }),
  fields: ownField,
  mayExclude: () => true,
};
