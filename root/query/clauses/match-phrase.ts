import { integerWithin, readString } from '../../../shared/json/readers.ts';
import { limits } from '../../../shared/limits.ts';
import { withBoost } from '../boost.ts';
import { faultsOf } from '../fields.ts';
import { exactQuery, readOperand } from '../operand.ts';
import { phraseQuery } from '../phrase.ts';
import type { ReadClause } from '../query-scope.ts';
import { readFieldEntry, readOperandForm } from './field-operand.ts';

/**
 * `{field: text}` or `{field: {"query": text, "slop"?, "boost"?}}`: documents with the terms of the text one after the
 * other. On a field that is not text it is `term`.
 */
export const readMatchPhrase: ReadClause = (node, scope) => {
  const { field, node: entry } = readFieldEntry(node, scope);
  const { operand: textNode, options } = readOperandForm(entry, 'query', ['slop']);
  const slop = options?.optional('slop', integerWithin(0, limits.slopMax), 0) ?? 0;
  const fault = faultsOf(node);
  if (field.kind === 'text') {
    return withBoost(phraseQuery(field, readString(textNode), slop, { budget: scope.budget, fault }), options);
  }
  const operand = readOperand(field, textNode.value);
  if (operand.kind === 'wrong') throw textNode.wrongType(operand.expected);
  scope.budget.spend(1, fault);
  return withBoost(exactQuery(field, operand), options);
};
