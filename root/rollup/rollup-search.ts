/** From a search of dimensions and metrics to one of the parts of rows. Pure. */
import type { AggregationKind, AggregationRequest, AggregationRequests } from '../../shared/aggregation/definition.ts';
import { fieldsOfAggregation } from '../../shared/aggregation/fields-of.ts';
import { aggregationTable } from '../../shared/aggregation/table.ts';
import { SheafError } from '../../shared/errors.ts';
import { ownValue } from '../../shared/json/own-value.ts';
import { childrenOf, fieldsOf, type Query } from '../../shared/query/query.ts';
import type { SearchRequest } from '../../shared/query/request.ts';
import { countPart, partName, type Kept, type RollupSchema } from '../../shared/rollup/rollup-schema.ts';
import { aggregationKinds, callerAggregations } from '../query/aggregations/table.ts';
import type { Part } from './kept-values.ts';
import type { RollupAnswer } from './rollup-answer.ts';

/** What an aggregation of a part of rows is called: the caller's name, `>`, which no name has, and the part. */
export function aggregationOf(name: string, part: Part): string {
  return `${name}>${part}`;
}

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
  return { ...request, aggregations: rollupAggregations(rollup, request.aggregations), weight: countPart };
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

/**
 * What leaves are asked for the aggregations of a caller.
 * @throws SheafError INDEX_KIND_WRONG where the roll-up has not kept what they need
 */
export function rollupAggregations(rollup: RollupSchema, requests: AggregationRequests): AggregationRequests {
  const entries = Object.entries(requests).flatMap(([name, request]) => rewrite(rollup, name, request));
  return Object.fromEntries(entries);
}

function rewrite(rollup: RollupSchema, name: string, request: AggregationRequest): [string, AggregationRequest][] {
  const { kind } = request;
  const answer = callerAggregations[kind].rollup;
  const fields = fieldsOfAggregation(request);
  const [field] = fields;
  if (answer === undefined || field === undefined) {
    throw refused({ aggregation: kind, hint: 'a roll-up cannot answer it' });
  }
  if ('aggregations' in request) {
    const other = fields.find((each) => !Object.hasOwn(rollup.dimensions, each));
    if (other !== undefined) throw refused({ field: other, ...dimensionHint(rollup) });
    const aggregations = rollupAggregations(rollup, request.aggregations);
    return [[name, { ...inOneRound(request), aggregations }]];
  }
  const isDimension = Object.hasOwn(rollup.dimensions, field);
  if (!isDimension && 'missing' in request) {
    throw refused({ field, aggregation: kind, hint: 'of a metric, missing means nothing: rows say what was counted' });
  }
  if (!isDimension) return partsOf(rollup, name, { kind, field }, answer);
  if (answer.ofDimension) return [[name, request]];
  const hint = `of a dimension ${ofDimensions()} can be asked; make it a metric to add it up`;
  throw refused({ field, aggregation: kind, hint });
}

/** Where terms are listed by a number that is made of several parts of rows, nobody knows which are listed before the end. */
function inOneRound<R extends AggregationRequest>(request: R): R {
  if (!('accuracy' in request) || !request.order.some(({ by }) => by === 'metric')) return request;
  return { ...request, accuracy: 'fast' };
}

/** The parts of rows that an aggregation of a metric is made of. */
function partsOf(
  { metrics }: RollupSchema,
  name: string,
  { kind, field }: { readonly kind: AggregationKind; readonly field: string },
  { ofMetric }: RollupAnswer,
): [string, AggregationRequest][] {
  if (ofMetric === undefined) {
    throw refused({
      field,
      aggregation: kind,
      hint: 'the values of a metric are not kept: make it a dimension to ask for them',
    });
  }
  const keep = ownValue(metrics, field)?.keep ?? [];
  const missing = ofMetric.needs.filter((kept) => !keep.includes(kept));
  if (missing.length > 0) {
    const hint = 'what is kept is fixed when the index is made';
    throw refused({ field, aggregation: kind, missing, kept: keep, hint });
  }
  const parts = ofMetric.needs.flatMap((kept) => partsOfKept[kept]);
  return parts.map((part) => [
    aggregationOf(name, part),
    { kind: 'stats', field: partName(part, field), values: 'number' },
  ]);
}

/** The aggregations of the rows' own values, as a list in words. */
function ofDimensions(): string {
  const kinds = aggregationKinds.filter((kind) => {
    return callerAggregations[kind].rollup?.ofDimension === true && !aggregationTable[kind].nests;
  });
  return new Intl.ListFormat('en-GB').format(kinds);
}

function refused(detail: Readonly<Record<string, unknown>>): SheafError {
  return new SheafError('INDEX_KIND_WRONG', { detail: { kind: 'rollup', ...detail } });
}
