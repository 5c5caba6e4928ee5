import { isObject, readObject, readOnlyEntry } from '../../shared/json/read-object.ts';
import { oneOf, oneOrMany, readString } from '../../shared/json/readers.ts';
import type { RequestNode } from '../../shared/json/request-node.ts';
import { limits } from '../../shared/limits.ts';
import type { SortKey } from '../../shared/ranking/order.ts';
import { valueTypeOf } from '../../shared/schema/kinds/field-kinds.ts';
import type { IndexSchema } from '../../shared/schema/schema.ts';
import { faultsOf, requireKind, resolveField, sortableKinds } from './fields.ts';

const byScore: SortKey = { by: 'score', descending: true };
const readOrder = oneOf(['asc', 'desc']);
const readMissing = oneOf(['first', 'last']);
const readMode = oneOf(['min', 'max']);

/**
 * `"name"`, `{"name": "desc"}` or `{"name": {"order": "desc"}}`, one or an array, where a name is a field, `_score` or
 * `_doc`. Scores descend unless told otherwise, everything else ascends. No keys at all means the score. Of a field the
 * long form takes `missing` and `mode` too.
 */
export function readSort(node: RequestNode, schema: IndexSchema): SortKey[] {
  const keys = oneOrMany((item) => readSortKey(item, schema), limits.sortKeysMax)(node);
  return keys.length === 0 ? defaultSort() : keys;
}

export function defaultSort(): SortKey[] {
  return [byScore];
}

interface SortOptions {
  readonly order?: 'asc' | 'desc' | undefined;
  readonly missing?: 'first' | 'last' | undefined;
  readonly mode?: 'min' | 'max' | undefined;
}

function readSortKey(node: RequestNode, schema: IndexSchema): SortKey {
  if (!isObject(node.value)) return sortKey(readString(node), node, {}, schema);
  const { name, node: order } = readOnlyEntry(node, 'an object with one field, _score or _doc');
  const isField = name !== '_score' && name !== '_doc';
  const options = isObject(order.value) ? readLongOrder(order, isField) : { order: readOrder(order) };
  return sortKey(name, order, options, schema);
}

function readLongOrder(node: RequestNode, isField: boolean): SortOptions {
  if (!isField) return { order: readObject(node, ['order']).optional('order', readOrder, undefined) };
  const properties = readObject(node, ['order', 'missing', 'mode']);
  return {
    order: properties.optional('order', readOrder, undefined),
    missing: properties.optional('missing', readMissing, undefined),
    mode: properties.optional('mode', readMode, undefined),
  };
}

function sortKey(name: string, node: RequestNode, options: SortOptions, schema: IndexSchema): SortKey {
  const { order, missing, mode } = options;
  const descending = order === 'desc';
  if (name === '_score') return order === undefined ? byScore : { by: 'score', descending };
  if (name === '_doc') return { by: 'position', descending };
  const field = resolveField(schema, name, faultsOf(node));
  requireKind(schema, field, sortableKinds, faultsOf(node));
  return {
    by: 'field',
    field: name,
    descending,
    values: valueTypeOf(field.kind),
    ...(missing === 'first' ? { missing } : {}),
    ...(mode === undefined ? {} : { mode }),
  };
}
