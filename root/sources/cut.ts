/** Where a topic is cut into appends. Pure. */
import { sizeOf } from './size-of.ts';
import type { TopicMessage } from './source-cluster.ts';

/** An append ends where the offsets come to a multiple of this, so that whoever repeats it cuts at the same place where there is enough. */
const cutOffsets = 4096;
/** Bytes of keys, values and headers of an append that has more than one message. */
const cutBytesMax = 4 * 1024 * 1024;

export interface Cut {
  /** Those with offsets `from` up to `next`; there may be none, of offsets that are no messages. */
  readonly messages: readonly TopicMessage[];
  readonly next: number;
  /** Whether it ends where it does however much more there is. */
  readonly isFixed: boolean;
}

/**
 * The messages of the next append, or null where nothing is known beyond `from`.
 * @param held messages from `from` on, in order
 * @param position everything below was read
 * @param until nothing beyond is wanted
 */
export function cutOf(
  held: readonly TopicMessage[],
  { from, position, until }: { readonly from: number; readonly position: number; readonly until: number },
): Cut | null {
  const end = Math.min((Math.floor(from / cutOffsets) + 1) * cutOffsets, until);
  let sizeBytes = 0;
  const messages: TopicMessage[] = [];
  for (const message of held) {
    if (message.offset < from) continue;
    if (message.offset >= end) break;
    sizeBytes += sizeOf(message);
    if (messages.length > 0 && sizeBytes > cutBytesMax) return { messages, next: message.offset, isFixed: true };
    messages.push(message);
  }
  const next = Math.min(position, end);
  return next <= from ? null : { messages, next, isFixed: next === end };
}
