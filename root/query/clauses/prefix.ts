import { readString } from '../../../shared/json/readers.ts';
import { withBoost } from '../boost.ts';
import { faultsOf, requireKind, stringKinds } from '../fields.ts';
import { canBeTerm } from '../operand.ts';
import type { ReadClause } from '../query-scope.ts';
import { readFieldEntry, readOperandForm } from './field-operand.ts';

/** `{field: prefix}` or `{field: {"value": prefix, "boost"?}}` on a text or keyword field; the prefix is not analysed. */
export const readPrefix: ReadClause = (node, scope) => {
  const { field, node: entry } = readFieldEntry(node, scope);
  requireKind(scope.schema, field, stringKinds, faultsOf(entry));
  const { operand: prefixNode, options } = readOperandForm(entry, 'value');
  const prefix = readString(prefixNode);
  scope.budget.spend(1, faultsOf(node));
  return withBoost(canBeTerm(prefix) ? { kind: 'prefix', field: field.name, prefix } : { kind: 'none' }, options);
};
