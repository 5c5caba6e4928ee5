import type { TermsRequest } from '../../../shared/aggregation/terms.ts';
import { readObject, readOnlyEntry } from '../../../shared/json/read-object.ts';
import { integerWithin, oneOf } from '../../../shared/json/readers.ts';
import type { RequestNode } from '../../../shared/json/request-node.ts';
import { limits } from '../../../shared/limits.ts';
import { shownNameOf, valueTypeOf } from '../../../shared/schema/kinds/field-kinds.ts';
import { readFieldName, valueKinds } from '../fields.ts';
import type { CallerAggregation } from './definition.ts';

const sizeDefault = 10;

/** `{"field", "size"?: 10, "shard_size"?, "order"?, "min_doc_count"?: 1}` on any kind but text. */
export const terms: CallerAggregation<'terms'> = {
  read: (node, { schema }) => {
    const properties = readObject(node, ['field', 'size', 'shard_size', 'order', 'min_doc_count']);
    const field = properties.required('field', (name) => readFieldName(name, schema, valueKinds));
    const size = properties.optional('size', integerWithin(1, limits.bucketsMax), sizeDefault);
    const shardSizeDefault = Math.max(size, limits.termsShardSizeDefault);
    return {
      kind: 'terms',
      field: field.name,
      values: valueTypeOf(field.kind),
      show: shownNameOf(field.kind),
      size,
      shardSize: properties.optional('shard_size', integerWithin(size, limits.bucketsMax), shardSizeDefault),
      order: properties.optional('order', readOrder, 'count'),
      minDocCount: properties.optional('min_doc_count', integerWithin(1, Number.MAX_SAFE_INTEGER), 1),
    };
  },
  rollup: { ofDimension: true },
};

/** `{"_count": "desc"}` or `{"_key": "asc" | "desc"}`. The rarest first cannot be known from the most frequent of each leaf. */
function readOrder(node: RequestNode): TermsRequest['order'] {
  const expected = '{"_count": "desc"}, {"_key": "asc"} or {"_key": "desc"}';
  readOnlyEntry(node, expected);
  const properties = readObject(node, ['_count', '_key']);
  if (properties.has('_count')) {
    properties.required('_count', oneOf(['desc']));
    return 'count';
  }
  return properties.required('_key', oneOf(['asc', 'desc'])) === 'asc' ? 'keyAscending' : 'keyDescending';
}
