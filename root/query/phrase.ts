/** Phrases: terms where a text has them. */
import { analyzerOf } from '../../shared/analysis/analyzers.ts';
import { limits } from '../../shared/limits.ts';
import type { Query } from '../../shared/query/query.ts';
import type { IndexedField } from '../../shared/schema/schema.ts';
import type { ClauseBudget, MakeFault } from './clause-budget.ts';

/**
 * The query for the terms of a text in their order, stop words leaving gaps; a single term is a term query, none are
 * null.
 *
 * @param field a text field
 * @param slop how far apart the terms may be, or out of order
 * @throws SheafError PHRASE_TOO_LONG, QUERY_TOO_MANY_CLAUSES, QUERY_TEXT_TOO_LONG
 */
export function phraseQuery(
  field: IndexedField,
  text: string,
  slop: number,
  { budget, fault }: { readonly budget: ClauseBudget; readonly fault: MakeFault },
): Query | null {
  const terms: string[] = [];
  const positions: number[] = [];
  const analyse = (part: string): void => {
    analyzerOf(field.analyzer).analyze(part, (term, position) => {
      terms.push(term);
      positions.push(position);
    });
  };
  budget.spendText(text, analyse, fault);
  const limit = limits.phraseTermsMax;
  if (terms.length > limit) throw fault('PHRASE_TOO_LONG', { limit, actual: terms.length });
  budget.spend(Math.max(terms.length, 1), fault);
  if (terms.length === 0) return null;
  if (terms.length === 1) return { kind: 'term', field: field.name, term: terms[0]! };
  const places = positions.map((position) => position - positions[0]!);
  const dense = places.every((place, at) => place === at);
  return { kind: 'phrase', field: field.name, terms, ...(dense ? {} : { positions: places }), slop };
}
