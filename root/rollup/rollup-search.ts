/** From a search of dimensions and metrics to one of the parts of rows. Pure. */
import type { AggregationRequest, AggregationRequests, MetricRequest } from '../../shared/aggregation/request.ts';
import { SheafError } from '../../shared/errors.ts';
import { ownValue } from '../../shared/json/own-value.ts';
import { childrenOf, fieldsOf, type Query } from '../../shared/query/query.ts';
import type { SearchRequest } from '../../shared/query/request.ts';
import { countPart, partName, type Kept, type RollupSchema } from '../../shared/rollup/rollup-schema.ts';

/** Parts of rows that metrics are made of. Aggregations of them have the caller's name, `>` and this, which no name has. */
export type Part = 'high' | 'low' | 'values' | 'min' | 'max';

export function aggregationOf(name: string, part: Part): string {
  return `${name}>${part}`;
}

/** What has to be kept of a metric for each aggregation of it. */
const needed: Readonly<Record<Exclude<MetricRequest['kind'], 'raw'>, readonly Kept[]>> = {
  sum: ['sum'],
  avg: ['sum', 'count'],
  value_count: ['count'],
  min: ['min'],
  max: ['max'],
  stats: ['sum', 'count', 'min', 'max'],
};

const partsOfKept: Readonly<Record<Kept, readonly Part[]>> = {
  sum: ['high', 'low'],
  count: ['values'],
  min: ['min'],
  max: ['max'],
};

/**
 * The search that leaves are sent. Buckets count increments, not rows.
 * @throws SheafError INDEX_KIND_WRONG where it asks for hits, or for what the roll-up has not kept
 */
export function rollupSearch(rollup: RollupSchema, request: SearchRequest): SearchRequest {
  if (request.size > 0 || request.from > 0) {
    throw refused({
      asked: 'hits',
      hint: 'a roll-up has sums and no documents: leave out size and from, and ask for aggs',
    });
  }
  requireDimensions(rollup, request.query);
  return { ...request, aggregations: rewriteAll(rollup, request.aggregations), weight: countPart };
}

/** Refuses a query that looks at anything but dimensions. */
function requireDimensions(rollup: RollupSchema, query: Query): void {
  for (const field of fieldsOf(query)) {
    if (!Object.hasOwn(rollup.dimensions, field)) throw refused({ field, ...dimensionHint(rollup) });
  }
  for (const child of childrenOf(query)) requireDimensions(rollup, child.query);
}

function dimensionHint({ dimensions }: RollupSchema) {
  return { hint: 'queries and buckets are of dimensions', dimensions: Object.keys(dimensions) };
}

function rewriteAll(rollup: RollupSchema, requests: AggregationRequests): AggregationRequests {
  const entries = Object.entries(requests).flatMap(([name, request]) => rewrite(rollup, name, request));
  return Object.fromEntries(entries);
}

function rewrite(rollup: RollupSchema, name: string, request: AggregationRequest): [string, AggregationRequest][] {
  if (request.kind === 'terms' || request.kind === 'histogram') {
    if (!Object.hasOwn(rollup.dimensions, request.field)) {
      throw refused({ field: request.field, ...dimensionHint(rollup) });
    }
    return [[name, { ...request, aggregations: rewriteAll(rollup, request.aggregations) }]];
  }
  const { kind, field } = request;
  if (kind === 'raw') throw new Error('no caller can ask for this');
  const metric = ownValue(rollup.metrics, field);
  if (metric === undefined) return [ofDimension(name, request)];
  const missing = needed[kind].filter((kept) => !metric.keep.includes(kept));
  if (missing.length > 0) {
    const hint = 'what is kept is fixed when the index is made';
    throw refused({ field, aggregation: kind, missing, kept: metric.keep, hint });
  }
  const parts = needed[kind].flatMap((kept) => partsOfKept[kept]);
  return parts.map((part) => {
    const ofPart: MetricRequest = { kind: 'raw', field: partName(part, field), values: 'number' };
    return [aggregationOf(name, part), ofPart];
  });
}

/** Of the rows' own values only what does not depend on how many increments a row holds can be told. */
function ofDimension(name: string, request: MetricRequest): [string, AggregationRequest] {
  if (request.kind === 'min' || request.kind === 'max') return [name, request];
  const hint = 'of a dimension min and max can be asked; make it a metric to add it up';
  throw refused({ field: request.field, aggregation: request.kind, hint });
}

function refused(detail: Readonly<Record<string, unknown>>): SheafError {
  return new SheafError('INDEX_KIND_WRONG', { detail: { kind: 'rollup', ...detail } });
}
