import { readObject } from '../../../shared/json/read-object.ts';
import { readArray } from '../../../shared/json/readers.ts';
import type { RequestNode } from '../../../shared/json/request-node.ts';
import { limits } from '../../../shared/limits.ts';
import type { Query } from '../../../shared/query/query.ts';
import { checkKey, keyText } from '../../../shared/schema/key.ts';
import { withBoost } from '../boost.ts';
import { faultsOf } from '../fields.ts';
import { valuesPerStep, type Reading } from '../long-lists.ts';
import type { ReadClause } from '../query-scope.ts';

/** `{"values": [keys], "boost"?}`, integers meaning their digits as in a document. Keys that no document can have match nothing. */
export const readIds: ReadClause = (node, scope) => {
  const properties = readObject(node, ['values', 'boost']);
  const list = properties.required('values', (values) => values);
  const values = readArray(list, limits.queryValuesMax);
  scope.budget.spend(1, faultsOf(node));
  return scope.readList(
    values.length,
    readKeys(list, values, (query) => withBoost(query, properties)),
  );
};

function* readKeys(node: RequestNode, values: readonly unknown[], boost: (query: Query) => Query): Reading<Query> {
  const keys = new Set<string>();
  for (let i = 0; i < values.length; i++) {
    const key = keyText(values[i]);
    if (key === undefined) throw node.child(i, values[i]).wrongType('a string or an integer');
    if (checkKey(key) === null) keys.add(key);
    if ((i + 1) % valuesPerStep === 0) yield;
  }
  return boost(keys.size === 0 ? { kind: 'none' } : { kind: 'ids', keys: [...keys] });
}
