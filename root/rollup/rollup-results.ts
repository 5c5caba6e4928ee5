/** From the results over parts of rows to those a caller asked for: exact sums, and what is made of them. Pure. */
import type { AggregationRequest, AggregationRequests, MetricRequest } from '../../shared/aggregation/request.ts';
import type { MetricPartial } from '../../shared/aggregation/partial.ts';
import type { AggregationResults } from '../../shared/aggregation/result.ts';
import { SheafError } from '../../shared/errors.ts';
import type { BigInts } from '../../shared/query/request.ts';
import { sumOf } from '../../shared/rollup/row.ts';
import { aggregationOf, type Part } from './rollup-search.ts';

type Value = number | string | null;

/** A result as JSON. */
type Shown = Readonly<Record<string, unknown>>;

/**
 * @param requests as the caller wrote them
 * @param results of what rollupSearch made of them
 * @throws SheafError SUM_TOO_LARGE where a sum is beyond 2^53 and the caller wants no strings
 */
export function rollupResults(requests: AggregationRequests, results: AggregationResults, bigInts: BigInts): Shown {
  const shown: Record<string, unknown> = Object.create(null);
  for (const [name, request] of Object.entries(requests)) shown[name] = showOne(name, request, results, bigInts);
  return shown;
}

function showOne(name: string, request: AggregationRequest, results: AggregationResults, bigInts: BigInts): unknown {
  const own = results[name];
  if (request.kind !== 'terms' && request.kind !== 'histogram') {
    // Of a dimension there is a result as it stands.
    return own ?? showMetric(request, (part) => rawOf(results, aggregationOf(name, part)), bigInts);
  }
  if (own === undefined || !('buckets' in own)) throw new Error(`no buckets of ${name}`);
  const buckets = own.buckets.map((bucket) => {
    const { key, key_as_string, doc_count } = bucket;
    const nested = rollupResults(request.aggregations, bucket as AggregationResults, bigInts);
    return { key, ...(key_as_string === undefined ? {} : { key_as_string }), doc_count, ...nested };
  });
  return { ...own, buckets };
}

function rawOf(results: AggregationResults, name: string): MetricPartial {
  const found = results[name];
  if (found === undefined || !('compensation' in found)) throw new Error(`no part ${name}`);
  return found;
}

function showMetric(request: MetricRequest, part: (name: Part) => MetricPartial, bigInts: BigInts): Shown {
  const show = (value: bigint): Value => showInteger(value, request.field, bigInts);
  const sum = (): bigint => sumOf(exact(part('high')), exact(part('low')));
  const count = (): bigint => exact(part('values'));
  const min = (): Value => part('min').min;
  const max = (): Value => part('max').max;
  switch (request.kind) {
    case 'sum':
      return { value: show(sum()) };
    case 'value_count':
      return { value: show(count()) };
    case 'avg':
      return { value: mean(sum(), count()) };
    case 'min':
      return { value: min() };
    case 'max':
      return { value: max() };
    case 'stats':
      return { count: show(count()), min: min(), max: max(), avg: mean(sum(), count()), sum: show(sum()) };
    case 'raw':
      throw new Error('no caller can ask for this');
  }
}

/** A sum of integers: the error of its roundings is kept beside it, so that both together are exact. */
function exact({ sum, compensation }: MetricPartial): bigint {
  return BigInt(sum) + BigInt(compensation);
}

/** @throws SheafError SUM_TOO_LARGE */
function showInteger(value: bigint, field: string, bigInts: BigInts): Value {
  if (value >= -BigInt(Number.MAX_SAFE_INTEGER) && value <= BigInt(Number.MAX_SAFE_INTEGER)) return Number(value);
  if (bigInts === 'string') return String(value);
  throw new SheafError('SUM_TOO_LARGE', { detail: { field, limit: Number.MAX_SAFE_INTEGER, actual: String(value) } });
}

/** The quotient to the last digits of a double, where the sum itself is no double any more. */
function mean(sum: bigint, count: bigint): number | null {
  return count === 0n ? null : Number(sum / count) + Number(sum % count) / Number(count);
}
