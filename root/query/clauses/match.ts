import { oneOf, readString } from '../../../shared/json/readers.ts';
import { allOf, anyOf, termQueries } from '../build.ts';
import { faultsOf } from '../fields.ts';
import { exactQuery, readOperand } from '../operand.ts';
import type { ReadClause } from '../query-scope.ts';
import { readFieldEntry, readOperandForm } from './field-operand.ts';

/**
 * `{field: text}` or `{field: {"query": text, "operator"?: "or" | "and"}}`: documents with any (or all) of the terms
 * of the text; a text without terms matches nothing. On a field that is not text it is `term`.
 */
export const readMatch: ReadClause = (node, scope) => {
  const { field, node: entry } = readFieldEntry(node, scope);
  const { operand: textNode, options } = readOperandForm<'query' | 'operator'>(entry, 'query', ['operator']);
  const operator = options?.optional('operator', oneOf(['or', 'and']), 'or') ?? 'or';
  if (field.kind === 'text') {
    const queries = termQueries(field, readString(textNode), scope.budget, faultsOf(node));
    return operator === 'and' ? allOf(queries) : anyOf(queries);
  }
  const operand = readOperand(field, textNode.value);
  if (operand.kind === 'wrong') throw textNode.wrongType(operand.expected);
  scope.budget.spend(1, faultsOf(node));
  return exactQuery(field, operand);
};
