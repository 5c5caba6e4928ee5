import { readString } from '../../json/readers.ts';
import { shaped } from '../../json/validators.ts';
import { ownField, type ClauseDefinition, type TermTest } from '../clause.ts';
import { compileWildcard, matchesWildcard } from '../patterns/wildcard.ts';

/**
 * Documents with a term of a text or keyword field that matches: `*`, `?`, a backslash before what is meant as it is.
 * Scores 1.
 */
export interface WildcardClause {
  readonly kind: 'wildcard';
  readonly field: string;
  readonly pattern: string;
}

export const wildcard: ClauseDefinition<WildcardClause> = {
  validate: shaped({ field: readString, pattern: readString }),
  visit: (clause, visitor) => visitor.pattern(clause.field, () => testOf(clause)),
  fields: ownField,
};

function testOf({ pattern }: WildcardClause): TermTest {
  const compiled = compileWildcard(pattern);
  return (term) => {
    const bytes = Buffer.from(term);
    return matchesWildcard(compiled, bytes, bytes.length);
  };
}
