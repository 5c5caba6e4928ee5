/** Phrases: terms where a text has them. */
import { queryAnalyzerOf } from './query-analyzer.ts';
import { limits } from '../../shared/limits.ts';
import type { Query } from '../../shared/query/query.ts';
import type { IndexedField } from '../../shared/schema/schema.ts';
import { anyTerm } from './build.ts';
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
  const slots: string[][] = [];
  const positions: number[] = [];
  const analyse = (part: string): void => {
    queryAnalyzerOf(field).analyze(part, (term, position) => {
      // Of several at one position any will do.
      if (position === positions.at(-1)) slots.at(-1)!.push(term);
      else {
        slots.push([term]);
        positions.push(position);
      }
    });
  };
  budget.spendText(text, analyse, fault);
  const limit = limits.phraseTermsMax;
  const actual = slots.reduce((count, slot) => count + slot.length, 0);
  if (actual > limit) throw fault('PHRASE_TOO_LONG', { limit, actual });
  budget.spend(Math.max(actual, 1), fault);
  const [first, ...others] = slots;
  if (first === undefined) return null;
  if (others.length === 0) return anyTerm(first.map((term) => ({ kind: 'term', field: field.name, term })));
  const terms = slots.map((slot) => (slot.length === 1 ? slot[0]! : slot));
  const places = positions.map((position) => position - positions[0]!);
  const dense = places.every((place, at) => place === at);
  return { kind: 'phrase', field: field.name, terms, ...(dense ? {} : { positions: places }), slop };
}
