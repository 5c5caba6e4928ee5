import { readBoolean, readString } from '../../../shared/json/readers.ts';
import { withBoost } from '../boost.ts';
import { queriesOf } from '../field-kinds/queries-of.ts';
import { inAnyCase } from '../case-insensitive.ts';
import { faultsOf, requireKind, stringKinds } from '../fields.ts';
import type { ReadClause } from '../query-scope.ts';
import { readFieldEntry, readOperandForm } from './field-operand.ts';

/** `{field: value}` or `{field: {"value": value, "case_insensitive"?, "boost"?}}`: exactly this value. On text it is one term, not analysed. */
export const readTerm: ReadClause = (node, scope) => {
  const { field, node: entry } = readFieldEntry(node, scope);
  const { operand: valueNode, options } = readOperandForm(entry, 'value', ['case_insensitive']);
  if (options?.optional('case_insensitive', readBoolean, false) ?? false) {
    requireKind(scope.schema, field, stringKinds, faultsOf(entry));
    const place = { node, patternNode: valueNode, scope };
    return inAnyCase(field.name, [readString(valueNode)], place, (query) => withBoost(query, options));
  }
  const query = queriesOf(field, scope).exact(field.name, valueNode);
  scope.budget.spend(1, faultsOf(node));
  return withBoost(query, options);
};
