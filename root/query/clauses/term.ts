import { withBoost } from '../boost.ts';
import { exactQuery, readOperand } from '../operand.ts';
import { faultsOf } from '../fields.ts';
import type { ReadClause } from '../query-scope.ts';
import { readFieldEntry, readOperandForm } from './field-operand.ts';

/** `{field: value}` or `{field: {"value": value, "boost"?}}`: exactly this value. On text it is one term, not analysed. */
export const readTerm: ReadClause = (node, scope) => {
  const { field, node: entry } = readFieldEntry(node, scope);
  const { operand: valueNode, options } = readOperandForm(entry, 'value');
  const operand = readOperand(field, valueNode.value);
  if (operand.kind === 'wrong') throw valueNode.wrongType(operand.expected);
  scope.budget.spend(1, faultsOf(node));
  return withBoost(exactQuery(field, operand), options);
};
