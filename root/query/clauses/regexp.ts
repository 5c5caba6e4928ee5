import { integerWithin, readBoolean, readString } from '../../../shared/json/readers.ts';
import type { RequestNode } from '../../../shared/json/request-node.ts';
import { automatonOf, type RegexpClause } from '../../../shared/query/clauses/regexp.ts';
import { determinizedStatesMax } from '../../../shared/query/patterns/regexp/automaton-budget.ts';
import { regexpOperators, type RegexpOperator } from '../../../shared/query/patterns/regexp/parse-regexp.ts';
import { madeOfPattern } from '../../../shared/query/patterns/regexp/regexp-fault.ts';
import type { Query } from '../../../shared/query/query.ts';
import type { Reading } from '../long-lists.ts';
import { withBoost } from '../boost.ts';
import { faultsOf, requireKind, stringKinds } from '../fields.ts';
import type { ReadClause } from '../query-scope.ts';
import { readFieldEntry, readOperandForm } from './field-operand.ts';

/** States met at once: a few hundred microseconds. What has more is made in slices, as long lists are read. */
const statesPerStep = 16;
/** What making the automaton of a usual pattern costs; one that costs so many times as much counts as so many clauses. */
const effortPerClause = 200;

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
  const automaton = madeOfPattern(patternNode, () => automatonOf(query));
  // As a whole, once, so that no leaf meets what is too complex.
  const steps = automaton.determinizeInSteps(statesPerStep);
  const isOver = (): boolean => madeOfPattern(patternNode, () => steps.next().done === true);
  const isSmall = isOver();
  const made = withBoost(query, options);
  return scope.readList(isSmall ? 0 : Infinity, determinizing());

  function* determinizing(): Reading<Query> {
    for (let isDone = isSmall; !isDone; isDone = isOver()) yield;
    scope.budget.spend(1 + Math.floor(automaton.effort / effortPerClause), faultsOf(node));
    return made;
  }
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
