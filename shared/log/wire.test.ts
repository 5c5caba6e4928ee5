import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { nextId } from './client/ids.ts';
import {
  packAppend,
  packAppended,
  parseAppended,
  parseAppendedOnce,
  parseAppendHeader,
  parseCredit,
  parseEarliest,
  parseEntries,
  parseGreeting,
  parseHeads,
  parsePartitions,
  parseSkip,
  parseSkipped,
  parseSubscribe,
  parseTrim,
  parseTrimmed,
} from './wire.ts';

const piece = { partition: 'p', count: 2, bytes: 5 };
const append = { producer: 'a', sequence: 0, batches: [piece, { ...piece, bytes: 0 }] };

function parseRanges(ranges: number[]): unknown {
  const batches = [{ partition: 'p', count: 2, bytes: 28 }];
  return parseAppendHeader({ producer: 'a', sequence: 0, batches, requests: [['k', 'd', ranges]] }, 28);
}

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
  ['a name longer than any', () => parseSubscribe({ partition: 'p'.repeat(1001), have: -1, from: 0, credit: 0 })],
  ['requests that are none', () => parseAppendHeader({ ...append, requests: 1 }, 5)],
  ['a request that is no list', () => parseAppendHeader({ ...append, requests: ['kd['] }, 5)],
  ['a request of four', () => parseAppendHeader({ ...append, requests: [['k', 'd', [], 0]] }, 5)],
  ['a request of two', () => parseAppendHeader({ ...append, requests: [['k', 'd']] }, 5)],
  ['a range in the header of its batch', () => parseRanges([0, 1, 15, 17])],
  ['a range beyond its batch', () => parseRanges([0, 1, 16, 29])],
  ['a range of no batch', () => parseRanges([1, 1, 16, 17])],
  ['an empty range', () => parseRanges([0, 1, 16, 16])],
  ['a range without entries', () => parseRanges([0, 0, 16, 17])],
  ['ranges that overlap', () => parseRanges([0, 1, 16, 18, 0, 1, 17, 20])],
  ['ranges of more entries than there are', () => parseRanges([0, 2, 16, 18, 0, 1, 18, 20])],
  ['a range cut short', () => parseRanges([0, 1, 16])],
  ['outcomes of other requests', () => parseAppendedOnce({ appended: [], outcomes: [0] }, 2)],
  ['an outcome that is none', () => parseAppendedOnce({ appended: [], outcomes: [2] }, 1)],
  ['batches that are none', () => parseAppendHeader({ ...append, batches: {} }, 5)],
  [
    'a span that runs backwards',
    () => parseAppended({ appended: [{ partition: 'p', firstOffset: 3, lastOffset: 2 }] }),
  ],
  ['a partition that is a number', () => parsePartitions({ partitions: ['p', 1] })],
  ['too few heads', () => parseHeads({ heads: [1] }, 2)],
  ['a head below -1', () => parseHeads({ heads: [-2] }, 1)],
  ['too few earliest offsets', () => parseEarliest({ earliest: [1] }, 2)],
  ['an earliest offset below 0', () => parseEarliest({ earliest: [-1] }, 1)],
  ['a trim of nowhere', () => parseTrim({ before: 1 })],
  ['a trim before -1', () => parseTrim({ partition: 'p', before: -1 })],
  ['a trim before a fraction', () => parseTrim({ partition: 'p', before: 1.5 })],
  ['a trim that left nothing known', () => parseTrimmed({})],
  ['a subscription from below 0', () => parseSubscribe({ partition: 'p', have: -1, from: -1, credit: 1 })],
  ['a subscription that does not say what it has', () => parseSubscribe({ partition: 'p', from: 0, credit: 1 })],
  ['a log without a name', () => parseGreeting({})],
  ['no credit', () => parseCredit({ batches: 0 })],
  ['a skip of nowhere', () => parseSkip({ partition: 'p', offset: -1 })],
  ['a skip of less than nothing', () => parseSkipped({ firstOffset: 3, lastOffset: 2 })],
  ['entries without count', () => parseEntries({ partition: 'p', firstOffset: 0 })],
];

suite('wire', () => {
  for (const [what, parse] of wrong) {
    test(`${what} is FRAME_INVALID`, () => assert.throws(parse, { code: 'FRAME_INVALID' }));
  }

  test('what is right passes as it is', () => {
    const appended = [{ partition: 'p', firstOffset: 3, lastOffset: 3 }];
    assert.deepEqual(parseAppendHeader(append, 5), { ...append, requests: [] });
    assert.deepEqual(parseAppended({ appended }), appended);
    assert.deepEqual(parsePartitions({ partitions: ['p', 'q/1'] }), ['p', 'q/1']);
    assert.deepEqual(parseHeads({ heads: [-1, 7] }, 2), [-1, 7]);
    assert.deepEqual(parseEarliest({ earliest: [0, 7] }, 2), [0, 7]);
    assert.deepEqual(parseTrim({ partition: 'p', before: 0 }), { partition: 'p', before: 0 });
    assert.deepEqual(parseTrimmed({ earliest: 0 }), { earliest: 0 });
    const subscribe = { partition: 'p', have: -1, from: 0, credit: 0 };
    assert.deepEqual(parseSubscribe(subscribe), subscribe);
    const longest = 'p'.repeat(1000);
    assert.equal(parseSubscribe({ ...subscribe, partition: longest }).partition, longest);
    assert.deepEqual(parseGreeting({ identity: 'log 1' }), { identity: 'log 1' });
    assert.equal(parseCredit({ batches: 3 }), 3);
    assert.deepEqual(parseEntries({ partition: 'p', firstOffset: 4, count: 1 }), {
      partition: 'p',
      firstOffset: 4,
      count: 1,
    });
  });
});

test('keyed requests and their outcomes come back as they were packed', () => {
  const ranges = [
    { batch: 0, count: 1, start: 16, end: 20 },
    { batch: 1, count: 2, start: 16, end: 38 },
  ];
  const batches = [
    { partition: 'p', count: 1, bytes: 20 },
    { partition: 'q', count: 3, bytes: 48 },
  ];
  const header = { producer: 'a', sequence: 1, batches, requests: [{ key: 'k', digest: 'd', ranges }] };
  assert.deepEqual(parseAppendHeader(JSON.parse(JSON.stringify(packAppend(header))), 68), header);
  const appended = [{ partition: 'p', firstOffset: 3, lastOffset: 3 }];
  const outcomes = [
    { kind: 'recorded' as const },
    { kind: 'conflict' as const },
    { kind: 'repeated' as const, answer: [['p', 2, 3] as const] },
  ];
  const packed: unknown = JSON.parse(JSON.stringify(packAppended(appended, outcomes)));
  assert.deepEqual(parseAppendedOnce(packed, 3), { appended, outcomes });
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
