import { readString } from '../../../shared/json/readers.ts';
import type { Query } from '../../../shared/query/query.ts';
import { isAnalyzed } from '../../../shared/schema/find-field.ts';
import { allOf, anyOf, anyTerm, atLeastOf, withoutTerms } from '../build.ts';
import { boosted } from '../boost.ts';
import { queriesOf } from '../field-kinds/queries-of.ts';
import { faultsOf } from '../fields.ts';
import { queryAnalyzerOf } from '../query-analyzer.ts';
import type { BoostedField, MultiMatchText } from './multi-match-text.ts';

/**
 * Each word in any of the fields, as if these were one: `operator` and `minimum_should_match` count words, whichever field has them. A word
 * scores as in the field where it scores best. Fields that are analysed alike are such a group; of several groups the best counts.
 */
export function crossFieldsQuery(fields: readonly BoostedField[], text: MultiMatchText): Query {
  const groups = [...groupsOf(fields).values()].map((group) => groupQuery(group, text));
  const matching = groups.filter(({ kind }) => kind !== 'none');
  if (matching.length <= 1) return anyOf(matching);
  return { kind: 'disMax', queries: matching, tieBreaker: text.tieBreaker };
}

function groupsOf(fields: readonly BoostedField[]): Map<string, BoostedField[]> {
  const groups = new Map<string, BoostedField[]>();
  for (const each of fields) {
    const { field } = each;
    const name = JSON.stringify([field.kind, field.searchAnalyzer ?? field.analyzer]);
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [each]);
    else group.push(each);
  }
  return groups;
}

/** @param group at least one field, all analysed alike */
function groupQuery(group: readonly BoostedField[], text: MultiMatchText): Query {
  const { textNode, node, scope, options, tieBreaker } = text;
  const { budget } = scope;
  const fault = faultsOf(node);
  const [{ field: first }] = group as [BoostedField];
  const inAny = (queryIn: (one: BoostedField) => Query): Query => {
    budget.spend(group.length, fault);
    const queries = group.map((one) => boosted(queryIn(one), one.boost));
    return queries.length === 1 ? queries[0]! : { kind: 'disMax', queries, tieBreaker };
  };
  if (!isAnalyzed(first)) return inAny(({ field }) => queriesOf(field, scope).exact(field.name, textNode));
  const times = new Map<string, number>();
  const slots: string[][] = [];
  let last = -1;
  const analyse = (part: string): void => {
    queryAnalyzerOf(first).analyze(part, (term, position) => {
      const before = times.get(term) ?? 0;
      times.set(term, before + 1);
      if (before > 0) return;
      // Refused as soon as it is too many.
      budget.requireRoom((slots.length + 1) * group.length, fault);
      if (position === last) slots.at(-1)!.push(term);
      else slots.push([term]);
      last = position;
    });
  };
  budget.spendText(readString(textNode), analyse, fault);
  if (slots.length === 0) return withoutTerms(options.zeroTerms, budget, fault);
  const word = (term: string): Query => inAny(({ field }) => ({ kind: 'term', field: field.name, term }));
  const words = slots.map((terms) => anyTerm(terms.map((term) => boosted(word(term), times.get(term)!))));
  return options.operator === 'and' ? allOf(words) : atLeastOf(words, options.minimum(words.length));
}
