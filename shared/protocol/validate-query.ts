/** Whether the query of a task is one: what each kind must and may have. Whether the schema has its fields is not validated. */
import { oneOf } from '../json/readers.ts';
import type { RequestNode } from '../json/request-node.ts';
import { validateProperty, type Validator } from '../json/validators.ts';
import { limits } from '../limits.ts';
import { definitionOf, queryKinds } from '../query/query.ts';

const readKind = oneOf(queryKinds);

/** Cost: a few small objects for each clause, and a check of each value. */
export const validateQuery: Validator = (node) => validateClause(node, 1);

function validateClause(node: RequestNode, depth: number): unknown {
  const limit = limits.taskDepthMax;
  if (depth > limit) throw node.fault('QUERY_TOO_DEEP', { limit, actual: depth });
  const kind = validateProperty(node, 'kind', readKind);
  return definitionOf(kind).validate(node, (child) => validateClause(child, depth + 1));
}
