import { readBoolean, readString } from '../../../shared/json/readers.ts';
import { withBoost } from '../boost.ts';
import { inAnyCase } from '../case-insensitive.ts';
import { faultsOf, requireKind, stringKinds } from '../fields.ts';
import { canBeTerm } from '../operand.ts';
import type { ReadClause } from '../query-scope.ts';
import { readFieldEntry, readOperandForm } from './field-operand.ts';

/** `{field: prefix}` or `{field: {"value": prefix, "case_insensitive"?, "boost"?}}` on a text or keyword field; the prefix is not analysed. */
export const readPrefix: ReadClause = (node, scope) => {
  const { field, node: entry } = readFieldEntry(node, scope);
  requireKind(scope.schema, field, stringKinds, faultsOf(entry));
  const { operand: prefixNode, options } = readOperandForm(entry, 'value', ['case_insensitive']);
  const prefix = readString(prefixNode);
  if (options?.optional('case_insensitive', readBoolean, false) ?? false) {
    const place = { node, patternNode: prefixNode, scope };
    return inAnyCase(field.name, [prefix, { any: 'characters' }], place, (query) => withBoost(query, options));
  }
  scope.budget.spend(1, faultsOf(node));
  return withBoost(canBeTerm(prefix) ? { kind: 'prefix', field: field.name, prefix } : { kind: 'none' }, options);
};
