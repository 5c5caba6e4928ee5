import { readObject } from '../../../shared/json/read-object.ts';
import { arrayOf, numberThat } from '../../../shared/json/readers.ts';
import { limits } from '../../../shared/limits.ts';
import { withBoost } from '../boost.ts';
import { faultsOf } from '../fields.ts';
import { enterNesting } from '../nesting.ts';
import type { ReadClause } from '../query-scope.ts';

export const readTieBreaker = numberThat('a number from 0 to 1', (value) => value >= 0 && value <= 1);

/** `{"queries": [queries], "tie_breaker"?, "boost"?}`: any of them, scored by the best. Without queries it matches nothing. */
export const readDisMax: ReadClause = (node, scope) => {
  enterNesting(node, scope);
  const properties = readObject(node, ['queries', 'tie_breaker', 'boost']);
  const queries = properties.required('queries', arrayOf(scope.readNested, limits.queryClausesMax));
  const tieBreaker = properties.optional('tie_breaker', readTieBreaker, 0);
  if (queries.length === 0) scope.budget.spend(1, faultsOf(node));
  return withBoost({ kind: 'disMax', queries, tieBreaker }, properties);
};
