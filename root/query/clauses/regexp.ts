import { integerWithin, readBoolean, readString } from '../../../shared/json/readers.ts';
import type { RequestNode } from '../../../shared/json/request-node.ts';
import type { RegexpClause } from '../../../shared/query/clauses/regexp.ts';
import { determinizedStatesMax } from '../../../shared/query/patterns/regexp/automaton-budget.ts';
import { regexpOperators, type RegexpOperator } from '../../../shared/query/patterns/regexp/parse-regexp.ts';
import { withBoost } from '../boost.ts';
import { faultsOf, requireKind, stringKinds } from '../fields.ts';
import type { ReadClause } from '../query-scope.ts';
import { regexpQuery } from '../regexp-query.ts';
import { readFieldEntry, readOperandForm } from './field-operand.ts';

/**
 * `{field: pattern}` or `{field: {"value": pattern, "flags"?, "case_insensitive"?, "max_determinized_states"?, "boost"?}}` on a
 * text or keyword field; the pattern is not analysed.
 */
export const readRegexp: ReadClause = (node, scope) => {
  const { field, node: entry } = readFieldEntry(node, scope);
  requireKind(scope.schema, field, stringKinds, faultsOf(entry));
  const names = ['flags', 'case_insensitive', 'max_determinized_states'] as const;
  const { operand: patternNode, options } = readOperandForm(entry, 'value', names);
  const query: RegexpClause = {
    kind: 'regexp',
    field: field.name,
    pattern: readString(patternNode),
    operators: options?.optional('flags', readFlags, regexpOperators) ?? regexpOperators,
    isCaseInsensitive: options?.optional('case_insensitive', readBoolean, false) ?? false,
    statesMax:
      options?.optional('max_determinized_states', readStatesMax, determinizedStatesMax) ?? determinizedStatesMax,
  };
  return regexpQuery(query, { node, patternNode, scope }, withBoost(query, options));
};

const readStatesMax = integerWithin(1, determinizedStatesMax);

/** Names with | between them, in any case; an empty string is ALL, as in Elasticsearch. */
function readFlags(node: RequestNode): readonly RegexpOperator[] {
  const text = readString(node).toUpperCase();
  if (text === '') return regexpOperators;
  const names = text.split('|');
  const unknown = names.find((name) => name !== 'ALL' && name !== 'NONE' && !isOperator(name));
  if (unknown !== undefined) {
    throw node.invalid({ expected: `ALL, NONE, or some of ${regexpOperators.join(', ')} with | between them` });
  }
  return names.includes('ALL') ? regexpOperators : regexpOperators.filter((operator) => names.includes(operator));
}

function isOperator(name: string): boolean {
  return (regexpOperators as readonly string[]).includes(name);
}
