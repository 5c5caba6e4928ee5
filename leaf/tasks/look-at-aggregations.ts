/** Whether the aggregations of a task are some: what each kind must have. Whether its field fits is not looked at. */
import type { AggregationRequest } from '../../shared/aggregation/request.ts';
import { integerWithin, numberThat, oneOf, readString } from '../../shared/json/readers.ts';
import type { RequestNode } from '../../shared/json/request-node.ts';
import { limits } from '../../shared/limits.ts';
import { lookAtNumber, lookAtProperty, recordOf, shaped, type Look } from './shapes.ts';

const readValues = oneOf(['number', 'string']);
const fromZero = integerWithin(0, Number.MAX_SAFE_INTEGER);
const fromOne = integerWithin(1, Number.MAX_SAFE_INTEGER);

const metric = shaped({ field: readString, values: readValues });

const looks = {
  min: metric,
  max: metric,
  sum: metric,
  avg: metric,
  stats: metric,
  value_count: metric,
  raw: metric,
  terms: shaped({
    field: readString,
    values: readValues,
    show: oneOf(['plain', 'boolean', 'date']),
    size: fromOne,
    shardSize: fromOne,
    order: oneOf(['count', 'keyAscending', 'keyDescending']),
    minDocCount: fromZero,
  }),
  histogram: shaped({
    field: readString,
    show: oneOf(['plain', 'date']),
    interval: numberThat('a number greater than 0', (value) => value > 0),
    offset: lookAtNumber,
    minDocCount: fromZero,
  }),
} satisfies Record<AggregationRequest['kind'], Look>;

const readKind = oneOf(Object.keys(looks) as AggregationRequest['kind'][]);

/** Cost: a few small objects for each aggregation. */
export const lookAtAggregations: Look = (node) => lookAtLevel(node, 1);

function lookAtLevel(node: RequestNode, depth: number): unknown {
  const limit = limits.taskDepthMax;
  if (depth > limit) throw node.fault('QUERY_TOO_DEEP', { limit, actual: depth });
  return recordOf((child) => {
    const kind = lookAtProperty(child, 'kind', readKind);
    looks[kind](child);
    if (kind === 'terms' || kind === 'histogram') {
      lookAtProperty(child, 'aggregations', (nested) => lookAtLevel(nested, depth + 1));
    }
  })(node);
}
