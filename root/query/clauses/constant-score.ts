import { readObject } from '../../../shared/json/read-object.ts';
import { readBoostValue } from '../boost.ts';
import { enterNesting } from '../nesting.ts';
import type { ReadClause } from '../query-scope.ts';

/** `{"filter": query, "boost"?}`: the documents of the query, each with the score `boost`, which is 1 unless given. */
export const readConstantScore: ReadClause = (node, scope) => {
  enterNesting(node, scope);
  const properties = readObject(node, ['filter', 'boost']);
  const query = properties.required('filter', scope.readNested);
  return { kind: 'constantScore', query, score: properties.optional('boost', readBoostValue, 1) };
};
