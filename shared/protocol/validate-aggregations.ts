/** Whether the aggregations of a task are some: what each kind must have. Whether its field fits is not validated. */
import type { AggregationRequest } from '../aggregation/request.ts';
import { integerWithin, numberThat, oneOf, readString } from '../json/readers.ts';
import type { RequestNode } from '../json/request-node.ts';
import { limits } from '../limits.ts';
import { validateNumber, validateProperty, recordOf, shaped, type Validator } from '../json/validators.ts';
import { shownNames } from '../schema/kinds/field-kinds.ts';

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
    show: oneOf(shownNames),
    size: fromOne,
    shardSize: fromOne,
    order: oneOf(['count', 'keyAscending', 'keyDescending']),
    minDocCount: fromZero,
  }),
  histogram: shaped({
    field: readString,
    show: oneOf(shownNames),
    interval: numberThat('a number greater than 0', (value) => value > 0),
    offset: validateNumber,
    minDocCount: fromZero,
  }),
} satisfies Record<AggregationRequest['kind'], Validator>;

const readKind = oneOf(Object.keys(looks) as AggregationRequest['kind'][]);

/** Cost: a few small objects for each aggregation. */
export const validateAggregations: Validator = (node) => validateLevel(node, 1);

function validateLevel(node: RequestNode, depth: number): unknown {
  const limit = limits.taskDepthMax;
  if (depth > limit) throw node.fault('QUERY_TOO_DEEP', { limit, actual: depth });
  return recordOf((child) => {
    const kind = validateProperty(child, 'kind', readKind);
    looks[kind](child);
    if (kind === 'terms' || kind === 'histogram') {
      validateProperty(child, 'aggregations', (nested) => validateLevel(nested, depth + 1));
    }
  })(node);
}
