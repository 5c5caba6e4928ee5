import { oneOrMany } from '../../../shared/json/readers.ts';
import { readObject } from '../../../shared/json/read-object.ts';
import { limits } from '../../../shared/limits.ts';
import { faultsOf } from '../fields.ts';
import { boolOf } from '../build.ts';
import type { ReadClause } from '../query-scope.ts';

/** `{"must"?, "should"?, "filter"?, "must_not"?}`, each one query or an array. Without any it matches everything. */
export const readBool: ReadClause = (node, scope) => {
  const actual = scope.depth + 1;
  if (actual > limits.queryDepthMax) throw node.fault('QUERY_TOO_DEEP', { limit: limits.queryDepthMax, actual });
  const properties = readObject(node, ['must', 'should', 'filter', 'must_not']);
  const queries = oneOrMany(scope.readNested, limits.queryClausesMax);
  const bool = boolOf({
    must: properties.optional('must', queries, []),
    should: properties.optional('should', queries, []),
    filter: properties.optional('filter', queries, []),
    mustNot: properties.optional('must_not', queries, []),
  });
  // A bool of nothing is a leaf, so that empty ones count too.
  if (bool.must.length + bool.should.length + bool.filter.length + bool.mustNot.length === 0) {
    scope.budget.spend(1, faultsOf(node));
  }
  return bool;
};
