import { withBoost } from '../boost.ts';
import type { ReadClause } from '../query-scope.ts';
import { readFieldEntry, readOperandForm } from './field-operand.ts';
import { matchOptionNames, matchQuery, readMatchOptions } from './match-text.ts';

/**
 * `{field: text}` or `{field: {"query": text, "operator"?: "or" | "and", "minimum_should_match"?, "boost"?}}`: documents
 * with any (enough, all) of the terms of the text. On a field that is not text it is `term`.
 */
export const readMatch: ReadClause = (node, scope) => {
  const { field, node: entry } = readFieldEntry(node, scope);
  const { operand: textNode, options } = readOperandForm(entry, 'query', matchOptionNames);
  const query = matchQuery(field, readMatchOptions(options), { textNode, node, scope });
  return withBoost(query, options);
};
