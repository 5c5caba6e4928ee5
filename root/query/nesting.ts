import type { RequestNode } from '../../shared/json/request-node.ts';
import { limits } from '../../shared/limits.ts';
import type { QueryScope } from './query-scope.ts';

/** To be called by every clause that holds others. @throws SheafError QUERY_TOO_DEEP */
export function enterNesting(node: RequestNode, scope: QueryScope): void {
  const actual = scope.depth + 1;
  if (actual > limits.queryDepthMax) throw node.fault('QUERY_TOO_DEEP', { limit: limits.queryDepthMax, actual });
}
