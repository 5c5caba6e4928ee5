/** Whether the aggregations of a task are some: what each kind must have. Whether its field fits is not validated. */
import type { AggregationKind } from '../aggregation/definition.ts';
import { aggregationTable } from '../aggregation/table.ts';
import { oneOf } from '../json/readers.ts';
import type { RequestNode } from '../json/request-node.ts';
import { recordOf, validateProperty, type Validator } from '../json/validators.ts';
import { limits } from '../limits.ts';

const readKind = oneOf(Object.keys(aggregationTable) as AggregationKind[]);

/** Cost: a few small objects for each aggregation. */
export const validateAggregations: Validator = (node) => validateLevel(node, 1);

function validateLevel(node: RequestNode, depth: number): unknown {
  const limit = limits.taskDepthMax;
  if (depth > limit) throw node.fault('QUERY_TOO_DEEP', { limit, actual: depth });
  return recordOf((child) => {
    const { nests, validate } = aggregationTable[validateProperty(child, 'kind', readKind)];
    validate(child);
    if (nests) validateProperty(child, 'aggregations', (nested) => validateLevel(nested, depth + 1));
  })(node);
}
