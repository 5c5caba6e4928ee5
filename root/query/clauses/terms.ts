import type { RequestNode } from '../../../shared/json/request-node.ts';
import { readArray } from '../../../shared/json/readers.ts';
import { limits } from '../../../shared/limits.ts';
import type { Query } from '../../../shared/query/query.ts';
import type { IndexedField } from '../../../shared/schema/schema.ts';
import { anyOf } from '../build.ts';
import { queriesOf } from '../field-kinds/queries-of.ts';
import { faultsOf } from '../fields.ts';
import type { Reading } from '../long-lists.ts';
import type { QueryScope, ReadClause } from '../query-scope.ts';
import { readFieldEntry } from './field-operand.ts';

/** `{field: [values]}`: any of these values, read as `term` reads one. An empty array matches nothing. */
export const readTerms: ReadClause = (node, scope) => {
  const { field, node: entry } = readFieldEntry(node, scope);
  const values = readArray(entry, limits.queryValuesMax);
  return scope.readList(values.length, readValues(field, eachOf(entry, values), { node, scope }));
};

function* readValues(
  field: IndexedField,
  operands: Iterable<RequestNode>,
  { node, scope }: { readonly node: RequestNode; readonly scope: QueryScope },
): Reading<Query> {
  const queries = yield* queriesOf(field, scope).anyOf(field.name, operands);
  scope.budget.spend(Math.max(queries.length, 1), faultsOf(node));
  return queries.length <= 1 ? anyOf(queries) : { kind: 'constantScore', query: anyOf(queries), score: 1 };
}

function* eachOf(node: RequestNode, values: readonly unknown[]): Generator<RequestNode> {
  for (let i = 0; i < values.length; i++) yield node.child(i, values[i]);
}
