import type { RequestNode } from '../../../shared/json/request-node.ts';
import { arrayOf } from '../../../shared/json/readers.ts';
import { limits } from '../../../shared/limits.ts';
import { anyOf } from '../build.ts';
import { queriesOf } from '../field-kinds/queries-of.ts';
import { faultsOf } from '../fields.ts';
import type { ReadClause } from '../query-scope.ts';
import { readFieldEntry } from './field-operand.ts';

const readValues = arrayOf((node: RequestNode) => node, limits.queryValuesMax);

/** `{field: [values]}`: any of these values, read as `term` reads one. An empty array matches nothing. */
export const readTerms: ReadClause = (node, scope) => {
  const { field, node: entry } = readFieldEntry(node, scope);
  const queries = queriesOf(field).anyOf(field.name, readValues(entry));
  scope.budget.spend(Math.max(queries.length, 1), faultsOf(node));
  return queries.length <= 1 ? anyOf(queries) : { kind: 'constantScore', query: anyOf(queries), score: 1 };
};
