import { oneOrMany } from '../../../shared/json/readers.ts';
import { readObject } from '../../../shared/json/read-object.ts';
import { limits } from '../../../shared/limits.ts';
import { faultsOf } from '../fields.ts';
import { withBoost } from '../boost.ts';
import { enterNesting } from '../nesting.ts';
import { readMinimumShouldMatch } from '../minimum-should-match.ts';
import { boolOf } from '../build.ts';
import type { ReadClause } from '../query-scope.ts';

/** `{"must"?, "should"?, "filter"?, "must_not"?, "minimum_should_match"?, "boost"?}`, each part one query or an array. Without any it matches everything. */
export const readBool: ReadClause = (node, scope) => {
  enterNesting(node, scope);
  const properties = readObject(node, ['must', 'should', 'filter', 'must_not', 'minimum_should_match', 'boost']);
  const queries = oneOrMany(scope.readNested, limits.queryClausesMax);
  const should = properties.optional('should', queries, []);
  const minimum = properties.optional('minimum_should_match', readMinimumShouldMatch, undefined);
  const bool = boolOf({
    must: properties.optional('must', queries, []),
    should,
    filter: properties.optional('filter', queries, []),
    mustNot: properties.optional('must_not', queries, []),
    ...(minimum === undefined ? {} : { minimumShouldMatch: minimum(should.length) }),
  });
  // A bool of nothing is a leaf, so that empty ones count too.
  if (bool.must.length + bool.should.length + bool.filter.length + bool.mustNot.length === 0) {
    scope.budget.spend(1, faultsOf(node));
  }
  return withBoost(bool, properties);
};
