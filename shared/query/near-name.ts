/**
 * A misspelt word where terms are named whose documents have to be counted (FieldTerms): it counts the documents that hold
 * any term it may be meant for, as if that were one term.
 *
 * The name begins with half a surrogate pair, which no term that a document holds can.
 */
import type { Query } from './query.ts';

type FuzzyQuery = Extract<Query, { kind: 'fuzzy' }>;

const mark = '\ud800';
const shape = /^\ud800(1|2)\/(\d{1,6})\/([^]*)$/;

export function nearName({ term, edits, prefixLength }: Omit<FuzzyQuery, 'kind' | 'field'>): string {
  return `${mark}${edits}/${prefixLength}/${term}`;
}

/** The word that is named so in a field, null for a term. */
export function readNearName(field: string, name: string): FuzzyQuery | null {
  const found = name.startsWith(mark) ? shape.exec(name) : null;
  if (found === null) return null;
  const [, edits, prefixLength, term] = found;
  return { kind: 'fuzzy', field, term: term!, edits: edits === '1' ? 1 : 2, prefixLength: Number(prefixLength) };
}
