import { integerWithin, oneOf, readBoolean, readString } from '../../json/readers.ts';
import { listOf, shaped } from '../../json/validators.ts';
import { ownField, type ClauseDefinition, type TermTest } from '../clause.ts';
import { determinizedStatesMax } from '../patterns/regexp/automaton-budget.ts';
import { compileRegexp } from '../patterns/regexp/compile-regexp.ts';
import type { Dfa } from '../patterns/regexp/dfa.ts';
import { parseRegexp, regexpOperators, type RegexpSyntax } from '../patterns/regexp/parse-regexp.ts';
import { madeOfPattern } from '../patterns/regexp/regexp-fault.ts';

/** Documents with a term of a text or keyword field that matches as a whole: see patterns/regexp. Scores 1. */
export interface RegexpClause extends RegexpSyntax {
  readonly kind: 'regexp';
  readonly field: string;
  /** States that its automaton may have, 1 to `determinizedStatesMax`. */
  readonly statesMax: number;
}

const validateShape = shaped({
  field: readString,
  pattern: readString,
  operators: listOf(oneOf(regexpOperators)),
  isCaseInsensitive: readBoolean,
  statesMax: integerWithin(1, determinizedStatesMax),
});

export const regexp: ClauseDefinition<RegexpClause> = {
  validate(node) {
    const clause = validateShape(node) as RegexpClause;
    return madeOfPattern(node.child('pattern', clause.pattern), () => parseRegexp(clause));
  },
  visit: (clause, visitor) => visitor.pattern(clause.field, () => testOf(clause)),
  fields: ownField,
};

/** @throws SheafError REQUEST_VALUE_INVALID where the pattern is none, or too complex */
export function automatonOf(clause: RegexpClause): Dfa {
  return compileRegexp(clause, clause.statesMax);
}

function testOf(clause: RegexpClause): TermTest {
  const automaton = automatonOf(clause);
  return (term) => automaton.matches(term);
}
