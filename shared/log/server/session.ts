/** One client's connection to the log: its frames to the service, the service's answers to frames. */
import { SheafError } from '../../errors.ts';
import type { FrameType } from '../../protocol/frames.ts';
import type { Connection, ConnectionEvents } from '../../transport/connection.ts';
import type { Frame } from '../../transport/frame.ts';
import { logReplaced, logTrimmed } from '../log.ts';
import {
  isFollowWord,
  packAppended,
  parseAppendHeader,
  parseCredit,
  parsePartitions,
  parseSkip,
  parseSubscribe,
  parseTrim,
} from '../wire.ts';
import type { EntriesHeader, LogGreeting, TrimmedFrame } from '../wire.ts';
import type { Delivery, LogService } from './service.ts';
import type { UntoldHeads } from './untold-heads.ts';

/** Appends that wait for the disk, over all clients. What comes on top is refused rather than kept in memory. */
const waitingBytesMax = 512 * 1024 * 1024;

/** Bytes of appends received and not yet answered, shared by all sessions. */
export interface WaitingAppends {
  bytes: number;
}

/**
 * Greets, and tells what to do on the events of the connection. A frame that is not valid ends it: the connection
 * catches FRAME_INVALID.
 */
export function logSession(service: LogService, waiting: WaitingAppends, connection: Connection): ConnectionEvents {
  const deliveries = new Map<number, Delivery>();
  connection.send('greeting', 0, { identity: service.identity } satisfies LogGreeting);

  const append = (frame: Frame): void => {
    const header = parseAppendHeader(frame.header, frame.body.length);
    if (waiting.bytes + frame.body.length > waitingBytesMax) {
      return fail(connection, frame.id, new SheafError('LOG_UNAVAILABLE', { detail: { waitingBytesMax } }));
    }
    waiting.bytes += frame.body.length;
    service.append({ ...header, body: frame.body }, (outcome) => {
      waiting.bytes -= frame.body.length;
      if (outcome.ok) connection.send('appended', frame.id, packAppended(outcome.appended, outcome.outcomes));
      else fail(connection, frame.id, outcome.error);
    });
  };

  const subscribe = ({ id, header }: Frame): void => {
    const { partition, have, from, credit } = parseSubscribe(header);
    if (deliveries.has(id)) throw new SheafError('FRAME_INVALID', { detail: { field: 'id', reason: 'in use' } });
    const head = service.head(partition);
    if (head < have) return fail(connection, id, logReplaced(partition, have, head));
    const earliest = service.earliest(partition);
    if (from < earliest) return fail(connection, id, logTrimmed(partition, from, earliest));
    const delivery = service.subscribe(partition, from, {
      onBatch: ({ firstOffset, lastOffset, bytes, skipped }) => {
        const entries: EntriesHeader = { partition, firstOffset, count: lastOffset - firstOffset + 1 };
        connection.send('entries', id, skipped === true ? { ...entries, skipped } : entries, [bytes]);
      },
      onFailure: (error) => {
        cancel(id);
        fail(connection, id, error);
      },
    });
    deliveries.set(id, delivery);
    delivery.credit(credit);
  };

  const cancel = (id: number): void => {
    deliveries.get(id)?.cancel();
    deliveries.delete(id);
  };

  const skip = ({ id, header }: Frame): void => {
    const { partition, offset } = parseSkip(header);
    service.skip(partition, offset, (outcome) => {
      if (outcome.ok) connection.send('skipped', id, outcome.batch);
      else fail(connection, id, outcome.error);
    });
  };

  const trim = ({ id, header }: Frame): void => {
    const { partition, before } = parseTrim(header);
    service.trim(partition, before, (outcome) => {
      if (outcome.ok) connection.send('trimmed', id, { earliest: outcome.earliest } satisfies TrimmedFrame);
      else fail(connection, id, outcome.error);
    });
  };

  const actions: Partial<Record<FrameType, (frame: Frame) => void>> = {
    append,
    askHeads: ({ id, header }) => {
      const heads = parsePartitions(header).map((partition) => service.head(partition));
      connection.send('heads', id, { heads });
    },
    askEarliest: ({ id, header }) => {
      const earliest = parsePartitions(header).map((partition) => service.earliest(partition));
      connection.send('earliest', id, { earliest });
    },
    trim,
    subscribe,
    // Credit for a subscription that has just failed is no fault of the client.
    credit: ({ id, header }) => deliveries.get(id)?.credit(parseCredit(header)),
    cancel: ({ id }) => cancel(id),
    skip,
  };

  let untold: UntoldHeads | null = null;
  const follow = (word: unknown): void => {
    if (untold !== null || !isFollowWord(word)) return;
    untold = service.follow();
    connection.send('ping', 0, untold.take());
  };

  const receive = (frame: Frame): void => {
    const act = actions[frame.type];
    if (act === undefined) throw new SheafError('FRAME_INVALID', { detail: { field: 'type', type: frame.type } });
    act(frame);
  };

  return {
    onFrame: receive,
    onWord: follow,
    // Also where nothing has changed: that is known then, as of now.
    word: () => untold?.take() ?? null,
    onClose: () => {
      if (untold !== null) service.unfollow(untold);
      for (const delivery of deliveries.values()) delivery.cancel();
      deliveries.clear();
    },
  };
}

function fail(connection: Connection, id: number, error: SheafError): void {
  connection.send('failure', id, error.toBody());
}
