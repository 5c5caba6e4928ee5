import { readString } from '../../json/readers.ts';
import { shaped } from '../../json/validators.ts';
import { ownField, type ClauseDefinition } from '../clause.ts';

/** Documents whose text or keyword field holds exactly this term. Scores BM25: see ranking/bm25.ts. */
export interface TermClause {
  readonly kind: 'term';
  readonly field: string;
  readonly term: string;
}

export const term: ClauseDefinition<TermClause> = {
  validate: shaped({ field: readString, term: readString }),
  addScoringTerms: (clause, add) => add(clause.field, clause.term),
  visit: (clause, visitor) => visitor.term(clause.field, clause.term),
  fields: ownField,
  mayExclude: () => true,
};
