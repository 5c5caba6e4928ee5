import { integerWithin } from '../../json/readers.ts';
import { listOf, shaped, validateProperty } from '../../json/validators.ts';
import type { Child, Clause, ClauseDefinition, Role } from '../clause.ts';

/**
 * Documents that match every `must` and `filter`, no `mustNot`, and, where there is neither `must` nor `filter` but
 * some `should`, at least one `should`. With no positive clause at all every document but those of `mustNot`. Of the
 * `should` clauses at least `minimumShouldMatch` match, where that is there; no more than there are can.
 *
 * Scores the sum of its matching `must` and then `should` clauses in the order written, 0 where none does;
 * `filter` and `mustNot` give nothing.
 */
export interface BoolClause<Inner> {
  readonly kind: 'bool';
  readonly must: readonly Inner[];
  readonly should: readonly Inner[];
  readonly filter: readonly Inner[];
  readonly mustNot: readonly Inner[];
  readonly minimumShouldMatch?: number;
}

const validateOptions = shaped({}, { minimumShouldMatch: integerWithin(0, Number.MAX_SAFE_INTEGER) });

export const bool: ClauseDefinition<BoolClause<Clause>> = {
  validate(node, inner) {
    for (const name of ['must', 'should', 'filter', 'mustNot']) validateProperty(node, name, listOf(inner));
    return validateOptions(node);
  },
  children: ({ must, should, filter, mustNot }) => [
    ...inRole('scored', must),
    ...inRole('scored', should),
    ...inRole('filter', filter),
    ...inRole('excluded', mustNot),
  ],
  mayExclude(query, inner) {
    if ([...query.must, ...query.filter].some(inner)) return true;
    const minimum = shouldMatchMin(query);
    return minimum > 0 && query.should.filter((child) => !inner(child)).length < minimum;
  },
  mayMatchWithin(query, _boundsOf, inner) {
    if (![...query.must, ...query.filter].every(inner)) return false;
    const minimum = shouldMatchMin(query);
    return minimum === 0 || query.should.filter(inner).length >= minimum;
  },
};

function inRole(role: Role, queries: readonly Clause[]): Child<Clause>[] {
  return queries.map((query) => ({ query, role }));
}

/** How many of the `should` clauses of a `bool` have to match. */
export function shouldMatchMin(query: BoolClause<unknown>): number {
  const required = query.must.length + query.filter.length > 0;
  return Math.max(query.minimumShouldMatch ?? 0, required || query.should.length === 0 ? 0 : 1);
}
