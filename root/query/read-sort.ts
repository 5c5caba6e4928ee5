import { isObject, readObject, readOnlyEntry } from '../../shared/json/read-object.ts';
import { oneOf, oneOrMany, readString } from '../../shared/json/readers.ts';
import type { RequestNode } from '../../shared/json/request-node.ts';
import { limits } from '../../shared/limits.ts';
import type { SortKey } from '../../shared/ranking/order.ts';
import type { IndexSchema } from '../../shared/schema/schema.ts';
import { faultsOf, requireKind, resolveField, valueKinds } from './fields.ts';

const byScore: SortKey = { by: 'score', descending: true };
const readOrder = oneOf(['asc', 'desc']);

/**
 * `"name"`, `{"name": "desc"}` or `{"name": {"order": "desc"}}`, one or an array, where a name is a field, `_score` or
 * `_doc`. Scores descend unless told otherwise, everything else ascends. No keys at all means the score.
 */
export function readSort(node: RequestNode, schema: IndexSchema): SortKey[] {
  const keys = oneOrMany((item) => readSortKey(item, schema), limits.sortKeysMax)(node);
  return keys.length === 0 ? defaultSort() : keys;
}

export function defaultSort(): SortKey[] {
  return [byScore];
}

function readSortKey(node: RequestNode, schema: IndexSchema): SortKey {
  if (!isObject(node.value)) return sortKey(readString(node), node, undefined, schema);
  const { name, node: order } = readOnlyEntry(node, 'an object with one field, _score or _doc');
  const direction = isObject(order.value) ? readLongOrder(order) : readOrder(order);
  return sortKey(name, order, direction, schema);
}

function readLongOrder(node: RequestNode): 'asc' | 'desc' | undefined {
  return readObject(node, ['order']).optional('order', readOrder, undefined);
}

function sortKey(name: string, node: RequestNode, order: 'asc' | 'desc' | undefined, schema: IndexSchema): SortKey {
  const descending = order === 'desc';
  if (name === '_score') return order === undefined ? byScore : { by: 'score', descending };
  if (name === '_doc') return { by: 'position', descending };
  const field = resolveField(schema, name, faultsOf(node));
  requireKind(schema, field, valueKinds, faultsOf(node));
  return { by: 'field', field: name, descending, values: field.kind === 'keyword' ? 'string' : 'number' };
}
