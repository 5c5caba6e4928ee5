import { readBoolean, readString } from '../../../shared/json/readers.ts';
import { withBoost } from '../boost.ts';
import { inAnyCase, piecesOfWildcard } from '../case-insensitive.ts';
import { faultsOf, requireKind, stringKinds } from '../fields.ts';
import type { ReadClause } from '../query-scope.ts';
import { patternFault, wildcardQuery } from '../wildcard.ts';
import { readFieldEntry, readOperandForm } from './field-operand.ts';

/** `{field: pattern}` or `{field: {"value": pattern, "case_insensitive"?, "boost"?}}` on a text or keyword field; the pattern is not analysed. */
export const readWildcard: ReadClause = (node, scope) => {
  const { field, node: entry } = readFieldEntry(node, scope);
  requireKind(scope.schema, field, stringKinds, faultsOf(entry));
  const { operand: patternNode, options } = readOperandForm(entry, 'value', ['case_insensitive']);
  const pattern = readString(patternNode);
  const fault = patternFault(pattern);
  if (fault !== null) throw patternNode.invalid(fault);
  if (options?.optional('case_insensitive', readBoolean, false) ?? false) {
    const place = { node, patternNode, scope };
    return inAnyCase(field.name, piecesOfWildcard(pattern), place, (query) => withBoost(query, options));
  }
  scope.budget.spend(1, faultsOf(node));
  return withBoost(wildcardQuery(field.name, pattern), options);
};
