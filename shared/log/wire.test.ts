import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { nextId } from './client/ids.ts';
import {
  parseAppended,
  parseAppendHeader,
  parseCredit,
  parseEntries,
  parseGreeting,
  parseHeads,
  parsePartitions,
  parseSubscribe,
} from './wire.ts';

const piece = { partition: 'p', count: 2, bytes: 5 };
const append = { producer: 'a', sequence: 0, batches: [piece, { ...piece, bytes: 0 }] };

// Each row: what is wrong, and a parser over it.
const wrong: [what: string, parse: () => unknown][] = [
  ['no object', () => parseAppendHeader(null, 0)],
  ['an array', () => parseSubscribe([])],
  ['bytes that are not the body', () => parseAppendHeader(append, 6)],
  ['an empty producer', () => parseAppendHeader({ ...append, producer: '' }, 5)],
  ['a long producer', () => parseAppendHeader({ ...append, producer: 'x'.repeat(1001) }, 5)],
  ['a fractional sequence', () => parseAppendHeader({ ...append, sequence: 0.5 }, 5)],
  ['a batch without entries', () => parseAppendHeader({ ...append, batches: [{ ...piece, count: 0 }] }, 5)],
  ['a batch of less than nothing', () => parseAppendHeader({ ...append, batches: [{ ...piece, bytes: -5 }] }, -5)],
  ['batches that are none', () => parseAppendHeader({ ...append, batches: {} }, 5)],
  [
    'a span that runs backwards',
    () => parseAppended({ appended: [{ partition: 'p', firstOffset: 3, lastOffset: 2 }] }),
  ],
  ['a partition that is a number', () => parsePartitions({ partitions: ['p', 1] })],
  ['too few heads', () => parseHeads({ heads: [1] }, 2)],
  ['a head below -1', () => parseHeads({ heads: [-2] }, 1)],
  ['a subscription from below 0', () => parseSubscribe({ partition: 'p', have: -1, from: -1, credit: 1 })],
  ['a subscription that does not say what it has', () => parseSubscribe({ partition: 'p', from: 0, credit: 1 })],
  ['a log without a name', () => parseGreeting({})],
  ['no credit', () => parseCredit({ batches: 0 })],
  ['entries without count', () => parseEntries({ partition: 'p', firstOffset: 0 })],
];

suite('wire', () => {
  for (const [what, parse] of wrong) {
    test(`${what} is FRAME_INVALID`, () => assert.throws(parse, { code: 'FRAME_INVALID' }));
  }

  test('what is right passes as it is', () => {
    const appended = [{ partition: 'p', firstOffset: 3, lastOffset: 3 }];
    assert.deepEqual(parseAppendHeader(append, 5), append);
    assert.deepEqual(parseAppended({ appended }), appended);
    assert.deepEqual(parsePartitions({ partitions: ['p', 'q/1'] }), ['p', 'q/1']);
    assert.deepEqual(parseHeads({ heads: [-1, 7] }, 2), [-1, 7]);
    const subscribe = { partition: 'p', have: -1, from: 0, credit: 0 };
    assert.deepEqual(parseSubscribe(subscribe), subscribe);
    assert.deepEqual(parseGreeting({ identity: 'log 1' }), { identity: 'log 1' });
    assert.equal(parseCredit({ batches: 3 }), 3);
    assert.deepEqual(parseEntries({ partition: 'p', firstOffset: 4, count: 1 }), {
      partition: 'p',
      firstOffset: 4,
      count: 1,
    });
  });
});

suite('nextId', () => {
  const rows: [last: number, inUse: number[], next: number][] = [
    [-1, [], 1],
    [0, [], 2],
    [1, [3, 5], 7],
    [0xffff_fffd, [], 0xffff_ffff],
    [0xffff_ffff, [], 1],
    [0xffff_fffe, [], 2],
    [0xffff_ffff, [1, 3], 5],
  ];
  for (const [last, inUse, next] of rows) {
    test(`after ${last} with ${inUse.length} in use`, () => assert.equal(nextId(last, new Set(inUse)), next));
  }
});
