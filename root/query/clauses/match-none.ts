import { readObject } from '../../../shared/json/read-object.ts';
import { withBoost } from '../boost.ts';
import { faultsOf } from '../fields.ts';
import type { ReadClause } from '../query-scope.ts';

/** `{"boost"?}`: no document. */
export const readMatchNone: ReadClause = (node, scope) => {
  const properties = readObject(node, ['boost']);
  scope.budget.spend(1, faultsOf(node));
  return withBoost({ kind: 'none' }, properties);
};
