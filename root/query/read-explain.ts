import { readBoolean } from '../../shared/json/readers.ts';
import type { RequestNode } from '../../shared/json/request-node.ts';
import { limits } from '../../shared/limits.ts';
import type { SortKey } from '../../shared/ranking/order.ts';

/**
 * `true` where hits are to be explained: they must have scores, and be few.
 * @throws SheafError RESULT_WINDOW_TOO_LARGE, REQUEST_VALUE_INVALID
 */
export function readExplain(node: RequestNode, { hits, sort }: { hits: number; sort: readonly SortKey[] }): boolean {
  if (!readBoolean(node)) return false;
  const limit = limits.explainedHitsMax;
  if (hits > limit) throw node.fault('RESULT_WINDOW_TOO_LARGE', { limit, actual: hits });
  if (!sort.some((key) => key.by === 'score')) {
    throw node.invalid({ expected: 'a search that sorts by _score, because no other hit has a score' });
  }
  return true;
}
