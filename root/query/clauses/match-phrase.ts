import { integerWithin, readString } from '../../../shared/json/readers.ts';
import { limits } from '../../../shared/limits.ts';
import { isAnalyzed } from '../../../shared/schema/find-field.ts';
import { withBoost } from '../boost.ts';
import { faultsOf } from '../fields.ts';
import { queriesOf } from '../field-kinds/queries-of.ts';
import { phraseQuery } from '../phrase.ts';
import type { ReadClause } from '../query-scope.ts';
import { readFieldEntry, readOperandForm } from './field-operand.ts';
import { readZeroTerms } from './match-text.ts';

export const readSlop = integerWithin(0, limits.slopMax);

/**
 * `{field: text}` or `{field: {"query": text, "slop"?, "zero_terms_query"?, "boost"?}}`: documents with the terms of the text one after the
 * other. On a field that is not text it is `term`.
 */
export const readMatchPhrase: ReadClause = (node, scope) => {
  const { field, node: entry } = readFieldEntry(node, scope);
  const { operand: textNode, options } = readOperandForm(entry, 'query', ['slop', 'zero_terms_query']);
  const slop = options?.optional('slop', readSlop, 0) ?? 0;
  const fault = faultsOf(node);
  if (isAnalyzed(field)) {
    const query = phraseQuery(field, readString(textNode), slop, { budget: scope.budget, fault });
    const zeroTerms = options?.optional('zero_terms_query', readZeroTerms, 'none') ?? 'none';
    return withBoost(query ?? { kind: zeroTerms }, options);
  }
  const query = queriesOf(field, scope).exact(field.name, textNode);
  scope.budget.spend(1, fault);
  return withBoost(query, options);
};
