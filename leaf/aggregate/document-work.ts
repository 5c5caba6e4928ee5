/** How many documents fit into a batch, which cannot be interrupted: those of a segment may have thousands of values each. */
import type { AggregationRequest, AggregationRequests } from '../../shared/aggregation/definition.ts';
import { fieldsOfAggregation } from '../../shared/aggregation/fields-of.ts';
import { keywordFieldOf, numberColumnOf } from '../segment/columns-of.ts';
import type { Segment } from '../segment/open.ts';
import { batchMax } from './document-batch.ts';
import { workOf } from './task-filters.ts';

/** Values and buckets of the documents of a batch, about: half a millisecond. */
const batchWork = 65_536;

/** Documents of a batch of the segment, 1 to `batchMax`. Cost: a look at each aggregation, and none at documents. */
export function batchSizeIn(segment: Segment, requests: AggregationRequests): number {
  const work = workOfDocument(segment, requests);
  return Math.max(1, Math.min(batchMax, Math.floor(batchWork / Math.max(1, work))));
}

/** Values and buckets of a document that has most of all of them, as far as columns tell. */
function workOfDocument(segment: Segment, requests: AggregationRequests): number {
  return Object.values(requests).reduce((sum, request) => sum + workOfOne(segment, request), 0);
}

function workOfOne(segment: Segment, request: AggregationRequest): number {
  const buckets = bucketsOf(segment, request);
  return (
    clausesOf(request) + buckets * (1 + ('aggregations' in request ? workOfDocument(segment, request.aggregations) : 0))
  );
}

/** The values it has there, or as many as there are filters or ranges, each of which is a bucket. */
function bucketsOf(segment: Segment, request: AggregationRequest): number {
  if ('filters' in request) return request.filters.length + 1;
  const values = fieldsOfAggregation(request).map((field) => mostValues(segment, field));
  // Tuples are all combinations.
  if ('sources' in request) return values.reduce((product, each) => product * each, 1);
  return Math.max(
    // A value may be in each of them.
    'ranges' in request ? request.ranges.length : 1,
    values.reduce((sum, each) => sum + each, 0),
  );
}

function clausesOf(request: AggregationRequest): number {
  if ('filters' in request) return request.filters.reduce((sum, filter) => sum + workOf(filter), 0);
  return 'query' in request ? workOf(request.query) : 0;
}

function mostValues(segment: Segment, field: string): number {
  const column = numberColumnOf(segment, field) ?? keywordFieldOf(segment, field)?.column;
  return Math.max(1, column?.mostValues ?? 0);
}
