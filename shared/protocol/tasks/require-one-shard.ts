import { SheafError } from '../../errors.ts';
import type { RequestNode } from '../../json/request-node.ts';
import type { TaskBase } from './task.ts';

/** Of a task that is about one shard. @throws SheafError REQUEST_VALUE_INVALID */
export function requireOneShard(_node: RequestNode, { shards }: TaskBase): void {
  if (shards.length === 1) return;
  throw new SheafError('REQUEST_VALUE_INVALID', { at: '/shards', detail: { expected: 'exactly one shard' } });
}
