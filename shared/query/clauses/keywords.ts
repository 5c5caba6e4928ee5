import { readString } from '../../json/readers.ts';
import { shaped, validateStrings } from '../../json/validators.ts';
import { ownField, type ClauseDefinition } from '../clause.ts';

/** Documents whose text or keyword field holds any of these terms. Scores 1. */
export interface KeywordsClause {
  readonly kind: 'keywords';
  readonly field: string;
  readonly terms: readonly string[];
}

export const keywords: ClauseDefinition<KeywordsClause> = {
  validate: shaped({ field: readString, terms: validateStrings }),
  visit({ field, terms }, visitor) {
    for (const term of terms) visitor.term(field, term);
  },
  fields: ownField,
  mayExclude: () => true,
};
