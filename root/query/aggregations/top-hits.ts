import { keptOf } from '../../../shared/aggregation/top-hits.ts';
import type { AggregationRequests } from '../../../shared/aggregation/definition.ts';
import { readObject } from '../../../shared/json/read-object.ts';
import { integerWithin, type Reader } from '../../../shared/json/readers.ts';
import type { RequestNode } from '../../../shared/json/request-node.ts';
import { limits } from '../../../shared/limits.ts';
import type { SortKey } from '../../../shared/ranking/order.ts';
import { shownNameOf, type ShownName } from '../../../shared/schema/kinds/field-kinds.ts';
import type { IndexSchema } from '../../../shared/schema/schema.ts';
import { faultsOf, resolveField } from '../fields.ts';
import { defaultSort, readSort } from '../read-sort.ts';
import { readSource } from '../read-source.ts';
import type { CallerAggregation } from './definition.ts';

const sizeDefault = 3;

const readCount: Reader<number> = integerWithin(0, Number.MAX_SAFE_INTEGER);

/** `{"from"?: 0, "size"?: 3, "sort"?, "_source"?}`, the last two as of a search. */
export const topHits: CallerAggregation<'top_hits'> = {
  read: (node, { schema }) => {
    const properties = readObject(node, ['from', 'size', 'sort', '_source']);
    const from = properties.optional('from', readCount, 0);
    const size = properties.optional('size', readCount, sizeDefault);
    if (from + size > limits.topHitsMax) throw tooMany(node, from + size);
    const sort = properties.optional('sort', (keys) => readSort(keys, schema), defaultSort());
    return {
      kind: 'top_hits',
      from,
      size,
      sort,
      shows: sort.map((key) => showOf(node, key, schema)),
      source: properties.optional('_source', readSource, true),
    };
  },
};

function tooMany(node: RequestNode, actual: number) {
  return node.fault('RESULT_WINDOW_TOO_LARGE', { limit: limits.topHitsMax, actual });
}

function showOf(node: RequestNode, key: SortKey, schema: IndexSchema): ShownName {
  return key.by === 'field' ? shownNameOf(resolveField(schema, key.field, faultsOf(node)).kind) : 'plain';
}

/** Hits that are kept of a bucket by what is nested in it, whatever other buckets stand between. */
export function hitsKeptIn(aggregations: AggregationRequests): number {
  return Object.values(aggregations).reduce((sum, request) => {
    if ('aggregations' in request) return sum + hitsKeptIn(request.aggregations);
    return sum + (request.kind === 'top_hits' ? keptOf(request) : 0);
  }, 0);
}
