import { readObject } from '../../../shared/json/read-object.ts';
import { faultsOf } from '../fields.ts';
import type { ReadClause } from '../query-scope.ts';

/** `{}`: every document, each with the score 1. */
export const readMatchAll: ReadClause = (node, scope) => {
  readObject(node, []);
  scope.budget.spend(1, faultsOf(node));
  return { kind: 'all' };
};
