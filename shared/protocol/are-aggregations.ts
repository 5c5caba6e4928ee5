/** Whether what a leaf sent is partials of the aggregations that were asked for. Cost: one check of each bucket and metric. */
import type { AggregationRequest, AggregationRequests } from '../aggregation/request.ts';
import { isObject } from '../json/read-object.ts';
import { isCount, isNumberOrNull, type Fields } from './partial-fields.ts';

export function areAggregations(requests: AggregationRequests, partials: unknown): boolean {
  if (!isObject(partials)) return false;
  for (const name of Object.keys(requests)) {
    if (!Object.hasOwn(partials, name) || !isAggregation(requests[name]!, partials[name])) return false;
  }
  return true;
}

function isAggregation(request: AggregationRequest, partial: unknown): boolean {
  if (!isObject(partial)) return false;
  switch (request.kind) {
    case 'terms': {
      const { kind, buckets, cutCountMax, cutCountSum } = partial;
      if (kind !== 'terms' || !isCount(cutCountMax) || !isCount(cutCountSum)) return false;
      return areBuckets(buckets, request.aggregations, (key) => typeof key === request.values);
    }
    case 'histogram':
      return (
        partial['kind'] === 'histogram' && areBuckets(partial['buckets'], request.aggregations, Number.isSafeInteger)
      );
    case 'min':
    case 'max':
    case 'sum':
    case 'avg':
    case 'stats':
    case 'value_count':
    case 'raw':
      return isMetric(partial);
  }
}

function areBuckets(buckets: unknown, requests: AggregationRequests, isKey: (key: unknown) => boolean): boolean {
  if (!Array.isArray(buckets)) return false;
  for (const bucket of buckets as unknown[]) {
    if (!isObject(bucket) || !isKey(bucket['key']) || !isCount(bucket['count'])) return false;
    if (!areAggregations(requests, bucket['aggregations'])) return false;
  }
  return true;
}

function isMetric({ kind, count, sum, compensation, min, max }: Fields): boolean {
  if (kind !== 'metric' || !isCount(count) || typeof sum !== 'number' || typeof compensation !== 'number') return false;
  return isNumberOrNull(min) && isNumberOrNull(max);
}
