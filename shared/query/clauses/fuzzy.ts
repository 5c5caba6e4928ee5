import { integerWithin, readString } from '../../json/readers.ts';
import { shaped } from '../../json/validators.ts';
import { ownField, type ClauseDefinition, type TermTest } from '../clause.ts';
import { nearName, type NearWord } from '../near-name.ts';
import { EditDistance, isNear } from '../patterns/edit-distance.ts';

/**
 * Documents with a term within so many edits of another one, of which the first `prefixLength` characters are as they
 * are. Scores BM25 as if all these were one term: its documents are those that hold any of them, and an occurrence counts
 * 1, ½ or ¼ by its edits (see ranking/near-frequency.ts).
 */
export interface FuzzyClause extends NearWord {
  readonly kind: 'fuzzy';
  readonly field: string;
}

const fromZero = integerWithin(0, Number.MAX_SAFE_INTEGER);

export const fuzzy: ClauseDefinition<FuzzyClause> = {
  validate: shaped({ field: readString, term: readString, edits: integerWithin(1, 2), prefixLength: fromZero }),
  addScoringTerms: (clause, add) => add(clause.field, nearName(clause)),
  visit: (clause, visitor) => visitor.pattern(clause.field, () => testOf(clause)),
  fields: ownField,
};

function testOf({ term: word, edits, prefixLength }: FuzzyClause): TermTest {
  const prefix = Array.from(word).slice(0, prefixLength).join('');
  const distance = new EditDistance(word, edits);
  const lengthMax = 2 * (word.length + edits);
  return (term) => term.length <= lengthMax && term.startsWith(prefix) && isNear(distance, term, edits);
}
