import { readString } from '../../../shared/json/readers.ts';
import { boolPrefixQuery } from '../bool-prefix.ts';
import { withBoost } from '../boost.ts';
import { faultsOf, requireKind, stringKinds } from '../fields.ts';
import type { ReadClause } from '../query-scope.ts';
import { readFieldEntry, readOperandForm } from './field-operand.ts';
import { matchOptionNames, readMatchOptions } from './match-text.ts';

/**
 * `{field: text}` or `{field: {"query": text, "operator"?, "minimum_should_match"?, "fuzziness"?, "boost"?}}` on a text or keyword field:
 * documents with any (enough, all) of the terms of the text, of which the last is only begun.
 */
export const readMatchBoolPrefix: ReadClause = (node, scope) => {
  const { field, node: entry } = readFieldEntry(node, scope);
  requireKind(scope.schema, field, stringKinds, faultsOf(entry));
  const { operand: textNode, options } = readOperandForm(entry, 'query', matchOptionNames);
  const { budget } = scope;
  const place = { budget, fault: faultsOf(node) };
  return withBoost(boolPrefixQuery(field, readString(textNode), readMatchOptions(options), place), options);
};
