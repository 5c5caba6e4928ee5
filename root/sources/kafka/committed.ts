/** Records of Kafka as messages: without the markers of transactions, and without what was written in one that was given up. Pure. */
import type { AbortedTransaction, FetchedGroup } from '../../../shared/log/kafka/fetched.ts';
import type { TopicMessage } from '../source-cluster.ts';

const attribute = {
  /** All records have the time at which the broker took them, which is the highest. */
  appendTime: 1 << 3,
  transactional: 1 << 4,
  control: 1 << 5,
} as const;

export interface Committed {
  readonly messages: readonly TopicMessage[];
  /** The offset after the last record, whether that is a message or not. */
  readonly next: number;
}

/**
 * @param from messages below are left out: records that Kafka keeps together come together
 * @param aborted of the same answer as the groups
 */
export function committed(
  groups: readonly FetchedGroup[],
  aborted: readonly AbortedTransaction[],
  from: number,
): Committed {
  const waiting = aborted.toSorted((a, b) => (a.firstOffset < b.firstOffset ? -1 : 1));
  const givenUp = new Set<bigint>();
  const messages: TopicMessage[] = [];
  let next = from;
  for (const group of groups) {
    const { firstOffset, lastOffsetDelta, attributes, producerId } = group;
    const last = firstOffset + BigInt(lastOffsetDelta);
    while (waiting[0] !== undefined && waiting[0].firstOffset <= last) givenUp.add(waiting.shift()!.producerId);
    next = Math.max(next, Number(last) + 1);
    // A marker ends the transaction of its producer, whichever way.
    if ((attributes & attribute.control) !== 0) givenUp.delete(producerId);
    else if ((attributes & attribute.transactional) === 0 || !givenUp.has(producerId)) {
      for (const message of messagesOf(group)) if (message.offset >= from) messages.push(message);
    }
  }
  return { messages, next };
}

function messagesOf({ firstOffset, firstTimestamp, maxTimestamp, attributes, records }: FetchedGroup): TopicMessage[] {
  const isAppendTime = (attributes & attribute.appendTime) !== 0;
  return records.map(({ offsetDelta, timestampDelta, key, value, headers }) => ({
    offset: Number(firstOffset) + offsetDelta,
    timestampMs: Number(isAppendTime ? maxTimestamp : firstTimestamp + timestampDelta),
    key,
    value,
    headers,
  }));
}
