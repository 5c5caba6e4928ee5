import { readObject } from '../../../shared/json/read-object.ts';
import { withBoost } from '../boost.ts';
import { faultsOf } from '../fields.ts';
import type { ReadClause } from '../query-scope.ts';

/** `{"boost"?}`: every document, each with the score 1. */
export const readMatchAll: ReadClause = (node, scope) => {
  const properties = readObject(node, ['boost']);
  scope.budget.spend(1, faultsOf(node));
  return withBoost({ kind: 'all' }, properties);
};
