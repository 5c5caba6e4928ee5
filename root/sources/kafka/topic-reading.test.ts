import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Fetched, RefusedBatch } from '../../../shared/log/kafka/fetched.ts';
import { KafkaReading } from './topic-reading.ts';

/** One message at the offset, with so many bytes in a header. */
function fetched(offset: number, headerBytes: number, refused?: RefusedBatch): Fetched {
  const headers = [[Buffer.from('h'), Buffer.alloc(headerBytes)] as const];
  const record = { offsetDelta: 0, timestampDelta: 0n, key: null, value: null, headers };
  const group = {
    firstOffset: BigInt(offset),
    lastOffsetDelta: 0,
    firstTimestamp: 0n,
    maxTimestamp: 0n,
    producerId: -1n,
    attributes: 0,
    records: [record],
  };
  return { errorCode: 0, groups: headerBytes === 0 ? [] : [group], aborted: [], takenAtMs: 0, refused };
}

function open() {
  const asked: number[] = [];
  const reading = new KafkaReading({
    tail: { add: () => undefined, delete: () => undefined, hasRoom: ({ next }) => void asked.push(next) },
    brokers: { offsets: async () => Promise.resolve([0]) },
    place: { topic: 't', number: 3 },
    topicId: 'id',
    from: 0,
    onFault: () => undefined,
  });
  return { reading, asked };
}

test('KafkaReading: headers of what is held count, until it is dropped', () => {
  const { reading, asked } = open();
  reading.take(fetched(0, 5_000_000), 0);
  assert.equal(reading.hasRoom, true);
  reading.take(fetched(1, 5_000_000), 1);
  assert.equal(reading.hasRoom, false);
  reading.drop(1);
  assert.deepEqual([reading.hasRoom, asked], [true, [2]]);
});

test('KafkaReading: what stands before a batch that is refused is held, and no more is asked for', () => {
  const { reading } = open();
  reading.take(fetched(0, 10, { offset: 1, next: 9, reason: 'too large' }), 0);
  assert.deepEqual([reading.held.length, reading.position, reading.hasRoom], [1, 1, false]);
  assert.equal(reading.fault?.code, 'SOURCE_BATCH_REFUSED');
  assert.deepEqual(reading.fault.detail, { topic: 't', partition: 3, offset: 1, next: 9, reason: 'too large' });
});
