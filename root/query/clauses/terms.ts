import type { RequestNode } from '../../../shared/json/request-node.ts';
import { arrayOf } from '../../../shared/json/readers.ts';
import { limits } from '../../../shared/limits.ts';
import { queriesOf } from '../field-kinds/queries-of.ts';
import { faultsOf } from '../fields.ts';
import type { ReadClause } from '../query-scope.ts';
import { readFieldEntry } from './field-operand.ts';

const readValues = arrayOf((node: RequestNode) => node, limits.queryValuesMax);

/** `{field: [values]}`: any of these values, read as `term` reads one. An empty array matches nothing. */
export const readTerms: ReadClause = (node, scope) => {
  const { field, node: entry } = readFieldEntry(node, scope);
  const query = queriesOf(field).anyOf(field.name, readValues(entry));
  scope.budget.spend(1, faultsOf(node));
  return query;
};
