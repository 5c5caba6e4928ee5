/** Where a hit is, as callers see it: the last of its sort values in a pinned search. */
import type { HitPosition } from './order.ts';

/** Shard and log offset. */
export const placePattern = /^(\d{1,4}):(\d{1,16})$/;

export function placeOf({ shard, offset }: Pick<HitPosition, 'shard' | 'offset'>): string {
  return `${shard}:${offset}`;
}
