/** Regular expressions over terms: their automata are made whole once, so that no leaf meets what is too complex. */
import type { RequestNode } from '../../shared/json/request-node.ts';
import { automatonOf, type RegexpClause } from '../../shared/query/clauses/regexp.ts';
import { madeOfPattern } from '../../shared/query/patterns/regexp/regexp-fault.ts';
import type { Query } from '../../shared/query/query.ts';
import { faultsOf } from './fields.ts';
import type { Reading } from './long-lists.ts';
import type { QueryScope } from './query-scope.ts';

/** States met at once: a few hundred microseconds. What has more is made in slices, as long lists are read. */
const statesPerStep = 16;
/** What making the automaton of a usual pattern costs; one that costs so many times as much counts as so many clauses. */
const effortPerClause = 200;

/**
 * @param place the clause, and the pattern in it
 * @param made the query that it is part of
 * @throws SheafError REQUEST_VALUE_INVALID where the pattern is none, or too complex
 */
export function regexpQuery(
  query: RegexpClause,
  place: { readonly node: RequestNode; readonly patternNode: RequestNode; readonly scope: QueryScope },
  made: Query,
): Query {
  const { node, patternNode, scope } = place;
  const automaton = madeOfPattern(patternNode, () => automatonOf(query));
  const steps = automaton.determinizeInSteps(statesPerStep);
  const isOver = (): boolean => madeOfPattern(patternNode, () => steps.next().done === true);
  const isSmall = isOver();
  return scope.readList(isSmall ? 0 : Infinity, determinizing());

  function* determinizing(): Reading<Query> {
    for (let isDone = isSmall; !isDone; isDone = isOver()) yield;
    scope.budget.spend(1 + Math.floor(automaton.effort / effortPerClause), faultsOf(node));
    return made;
  }
}
