import { withBoost } from '../boost.ts';
import { queriesOf } from '../field-kinds/queries-of.ts';
import { faultsOf } from '../fields.ts';
import type { ReadClause } from '../query-scope.ts';
import { readFieldEntry, readOperandForm } from './field-operand.ts';

/** `{field: value}` or `{field: {"value": value, "boost"?}}`: exactly this value. On text it is one term, not analysed. */
export const readTerm: ReadClause = (node, scope) => {
  const { field, node: entry } = readFieldEntry(node, scope);
  const { operand: valueNode, options } = readOperandForm(entry, 'value');
  const query = queriesOf(field, scope).exact(field.name, valueNode);
  scope.budget.spend(1, faultsOf(node));
  return withBoost(query, options);
};
