import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FetchedGroup } from '../../../shared/log/kafka/fetched.ts';
import { committed } from './committed.ts';

const transactional = 1 << 4;
const control = (1 << 5) | transactional;

/** `t2@5x3` are three records of a transaction of producer 2 from offset 5 on, `m2@8` is a marker of it, `p@9x2` are plain. */
function groupOf(text: string): FetchedGroup {
  const [, kind, producer, first, count = '1'] = /^([tmp])(\d*)@(\d+)(?:x(\d+))?$/.exec(text)!;
  const records = Array.from({ length: Number(count) }, (_, offsetDelta) => ({
    offsetDelta,
    timestampDelta: BigInt(offsetDelta),
    key: null,
    value: Buffer.from('{}'),
    headers: [],
  }));
  return {
    firstOffset: BigInt(first!),
    lastOffsetDelta: Number(count) - 1,
    firstTimestamp: 100n,
    maxTimestamp: 900n,
    producerId: producer === '' ? -1n : BigInt(producer!),
    attributes: { t: transactional, m: control, p: 0 }[kind as 't' | 'm' | 'p'],
    records,
  };
}

// Each row: what was fetched, whose transactions were given up from where, from where on, the messages, the next.
const rows: [name: string, groups: string, aborted: string, from: number, messages: number[], next: number][] = [
  ['nothing', '', '', 4, [], 4],
  ['plain records', 'p@4x3', '', 4, [4, 5, 6], 7],
  ['from the middle of what Kafka keeps together', 'p@4x3', '', 6, [6], 7],
  ['a marker is no message', 't2@0x2 m2@2 p@3', '', 0, [0, 1, 3], 4],
  ['what was given up is none', 't2@0x2 m2@2 p@3', '2@0', 0, [3], 4],
  ['of others all stays', 't2@0x2 t3@2 m2@3 m3@4', '2@0', 0, [2], 5],
  ['the next transaction of the same producer counts', 't2@0 m2@1 t2@2 m2@3', '2@0', 0, [2], 4],
  ['one that was given up after one that counts', 't2@0 m2@1 t2@2 m2@3', '2@2', 0, [0], 4],
  ['begun before what is read', 't2@5 m2@6 p@7', '2@1', 5, [7], 8],
];
for (const [name, groups, aborted, from, messages, next] of rows) {
  test(`committed: ${name}`, () => {
    const transactions = aborted
      .split(' ')
      .filter(Boolean)
      .map((text) => {
        const [producerId, firstOffset] = text.split('@').map(BigInt) as [bigint, bigint];
        return { producerId, firstOffset };
      });
    const found = committed(groups.split(' ').filter(Boolean).map(groupOf), transactions, from);
    assert.deepEqual([found.messages.map(({ offset }) => offset), found.next], [messages, next]);
  });
}

test('committed: the time of a message is that of its sender, or of the broker where the topic says so', () => {
  const group = groupOf('p@0x2');
  const timesOf = (attributes: number): number[] =>
    committed([{ ...group, attributes }], [], 0).messages.map(({ timestampMs }) => timestampMs);
  assert.deepEqual(
    [timesOf(0), timesOf(1 << 3)],
    [
      [100, 101],
      [900, 900],
    ],
  );
});

test('committed: of a topic that was compacted the end of what is empty is passed', () => {
  const group = { ...groupOf('p@0x2'), lastOffsetDelta: 9, records: [] };
  assert.deepEqual(committed([group], [], 0), { messages: [], next: 10 });
});
