/** Words of a text, of which the last is only begun: what a search box asks while somebody types. */
import type { Query } from '../../shared/query/query.ts';
import { isAnalyzed } from '../../shared/schema/find-field.ts';
import type { IndexedField } from '../../shared/schema/schema.ts';
import { allOf, anyTerm, atLeastOf, fuzzyOrExact, withoutTerms } from './build.ts';
import type { ClauseBudget, MakeFault } from './clause-budget.ts';
import type { MatchOptions } from './clauses/match-text.ts';
import { canBeTerm } from './operand.ts';
import { queryAnalyzerOf } from './query-analyzer.ts';

/**
 * Each term that is whole scores as in `match`, a term that is begun scores 1. On a keyword field the text is one, and begun. Terms at one
 * position are alternatives.
 * @param field a text or keyword field
 * @throws SheafError QUERY_TOO_MANY_CLAUSES, QUERY_TEXT_TOO_LONG
 */
export function boolPrefixQuery(
  field: IndexedField,
  text: string,
  options: MatchOptions,
  { budget, fault }: { readonly budget: ClauseBudget; readonly fault: MakeFault },
): Query {
  const { name } = field;
  const begun = (prefix: string): Query =>
    canBeTerm(prefix) ? { kind: 'prefix', field: name, prefix } : { kind: 'none' };
  if (!isAnalyzed(field)) {
    budget.spend(1, fault);
    return begun(text);
  }
  const slots: string[][] = [];
  let last = -1;
  const analyse = (part: string): void => {
    queryAnalyzerOf(field).analyze(part, (term, position) => {
      budget.spend(options.fuzziness === undefined ? 1 : 2, fault);
      if (position === last) slots.at(-1)!.push(term);
      else slots.push([term]);
      last = position;
    });
  };
  budget.spendText(text, analyse, fault);
  if (slots.length === 0) return withoutTerms(options.zeroTerms, budget, fault);
  const queries = slots.map((terms, i) =>
    anyTerm(terms.map((term) => (i === slots.length - 1 ? begun(term) : fuzzyOrExact(name, term, options.fuzziness)))),
  );
  return options.operator === 'and' ? allOf(queries) : atLeastOf(queries, options.minimum(queries.length));
}
