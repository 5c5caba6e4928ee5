/** Whether what a task asks of a term index is an expression over its terms. */
import { integerWithin, oneOf, readString } from '../json/readers.ts';
import type { RequestNode } from '../json/request-node.ts';
import { limits } from '../limits.ts';
import type { SetExpression } from '../query/set-expression.ts';
import { listOf, validateArray, validateProperty, shaped, type Validator } from '../json/validators.ts';

const fromZero = integerWithin(0, Number.MAX_SAFE_INTEGER);
const kinds = [
  'none',
  'all',
  'term',
  'and',
  'or',
  'atLeast',
  'minus',
  'with',
] as const satisfies readonly SetExpression['kind'][];
const readKind = oneOf(kinds);

export const validatePlacedTerms: Validator = listOf(shaped({ field: readString, term: readString, shard: fromZero }));

export const validateExpression: Validator = (node) => validateNode(node, 1);

function validateNode(node: RequestNode, depth: number): unknown {
  const limit = limits.taskDepthMax;
  if (depth > limit) throw node.fault('QUERY_TOO_DEEP', { limit, actual: depth });
  const kind = validateProperty(node, 'kind', readKind);
  validateProperty(node, 'id', fromZero);
  const inner: Validator = (child) => validateNode(child, depth + 1);
  switch (kind) {
    case 'none':
      return kind;
    case 'all':
      return validateProperty(node, 'shard', fromZero);
    case 'term':
      return validateProperty(node, 'term', fromZero);
    case 'and':
    case 'or':
      return validateProperty(node, 'of', someOf(inner));
    case 'atLeast': {
      validateProperty(node, 'of', someOf(inner));
      const { of } = node.value as { of: readonly unknown[] };
      return validateProperty(node, 'minimum', integerWithin(1, of.length));
    }
    case 'minus':
      validateProperty(node, 'from', inner);
      return validateProperty(node, 'without', inner);
    case 'with':
      validateProperty(node, 'of', inner);
      return validateProperty(node, 'also', listOf(inner));
  }
}

function someOf(validate: Validator): Validator {
  return (node) => {
    if (validateArray(node).length === 0) throw node.invalid({ expected: 'at least one' });
    return listOf(validate)(node);
  };
}
