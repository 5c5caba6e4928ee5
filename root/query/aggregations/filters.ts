import type { FiltersRequest } from '../../../shared/aggregation/filters.ts';
import { readEntries, readObject } from '../../../shared/json/read-object.ts';
import { arrayOf, readBoolean, readString } from '../../../shared/json/readers.ts';
import type { RequestNode } from '../../../shared/json/request-node.ts';
import { limits } from '../../../shared/limits.ts';
import { compareStrings } from '../../../shared/ranking/order.ts';
import type { AggregationScope, CallerAggregation } from './definition.ts';

const otherKeyDefault = '_other_';

/**
 * `{"filters": clauses by name or in a list, "other_bucket"?: false, "other_bucket_key"?: "_other_", "keyed"?: true}`. Named
 * buckets are in the order of their names, as in Elasticsearch, and that of the others is the last.
 */
export const filters: CallerAggregation<'filters'> = {
  read: (node, scope) => {
    const properties = readObject(node, ['filters', 'other_bucket', 'other_bucket_key', 'keyed']);
    const found = properties.required('filters', (all) => readFilters(all, scope));
    const otherKey = properties.optional('other_bucket_key', readString, undefined);
    const hasOther = properties.optional('other_bucket', readBoolean, otherKey !== undefined);
    const isKeyed = properties.optional('keyed', readBoolean, true);
    if (found.keys === null) return { kind: 'filters', filters: found.filters, hasOther, show: 'anonymous', keys: [] };
    const keys = hasOther ? [...found.keys, otherKey ?? otherKeyDefault] : found.keys;
    if (hasOther && found.keys.includes(keys.at(-1)!)) {
      const expected = 'a name that no filter has for the bucket of the others: say one as other_bucket_key';
      throw node.invalid({ expected, actual: keys.at(-1) });
    }
    return { kind: 'filters', filters: found.filters, hasOther, show: isKeyed ? 'keyed' : 'listed', keys };
  },
};

interface FoundFilters extends Pick<FiltersRequest, 'filters'> {
  readonly keys: readonly string[] | null;
}

function readFilters(node: RequestNode, { readFilter }: AggregationScope): FoundFilters {
  if (Array.isArray(node.value)) {
    const all = arrayOf(readFilter, limits.queryClausesMax)(node);
    requireSome(node, all.length);
    return { filters: all, keys: null };
  }
  const entries = readEntries(node).sort((a, b) => compareStrings(a.name, b.name));
  requireSome(node, entries.length);
  return { filters: entries.map((entry) => readFilter(entry.node)), keys: entries.map(({ name }) => name) };
}

function requireSome(node: RequestNode, count: number): void {
  if (count === 0) throw node.invalid({ expected: 'at least one filter', actual: 'none' });
}
