/** Whether what a task asks of a term index is an expression over its terms. */
import { integerWithin, oneOf, readString } from '../../shared/json/readers.ts';
import type { RequestNode } from '../../shared/json/request-node.ts';
import { limits } from '../../shared/limits.ts';
import type { SetExpression } from '../../shared/query/set-expression.ts';
import { listOf, lookAtArray, lookAtProperty, shaped, type Look } from './shapes.ts';

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

export const lookAtPlacedTerms: Look = listOf(shaped({ field: readString, term: readString, shard: fromZero }));

export const lookAtExpression: Look = (node) => lookAtNode(node, 1);

function lookAtNode(node: RequestNode, depth: number): unknown {
  const limit = limits.taskDepthMax;
  if (depth > limit) throw node.fault('QUERY_TOO_DEEP', { limit, actual: depth });
  const kind = lookAtProperty(node, 'kind', readKind);
  lookAtProperty(node, 'id', fromZero);
  const inner: Look = (child) => lookAtNode(child, depth + 1);
  switch (kind) {
    case 'none':
      return kind;
    case 'all':
      return lookAtProperty(node, 'shard', fromZero);
    case 'term':
      return lookAtProperty(node, 'term', fromZero);
    case 'and':
    case 'or':
      return lookAtProperty(node, 'of', someOf(inner));
    case 'atLeast': {
      lookAtProperty(node, 'of', someOf(inner));
      const { of } = node.value as { of: readonly unknown[] };
      return lookAtProperty(node, 'minimum', integerWithin(1, of.length));
    }
    case 'minus':
      lookAtProperty(node, 'from', inner);
      return lookAtProperty(node, 'without', inner);
    case 'with':
      lookAtProperty(node, 'of', inner);
      return lookAtProperty(node, 'also', listOf(inner));
  }
}

function someOf(look: Look): Look {
  return (node) => {
    if (lookAtArray(node).length === 0) throw node.invalid({ expected: 'at least one' });
    return listOf(look)(node);
  };
}
