import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ErrorCode } from '../../shared/errors.ts';
import type { Backlog } from '../../shared/protocol/reports.ts';
import { LeafBook, type LineLimits } from './leaf-book.ts';
import type { LeafView } from './replica-choice.ts';

/** A leaf known since 0: twenty tasks answered in 5 ms, the last at 0. */
function knownLeaf(): LeafBook {
  const book = new LeafBook();
  book.met('a', 0);
  for (let i = 0; i < 20; i++) answer(book, 5, 0);
  return book;
}

function answer(book: LeafBook, tookMs: number, now: number): void {
  book.sent('a', 1, now);
  book.heard('a', now);
  book.ended('a', 1, { end: { kind: 'answered' }, tookMs, now });
}

function fail(book: LeafBook, times: number, now: number, code: ErrorCode = 'LEAF_UNREACHABLE'): void {
  for (let i = 0; i < times; i++) {
    book.sent('a', 1, now);
    book.ended('a', 1, { end: { kind: 'failed', code }, tookMs: 1, now });
  }
}

// Each row: what happens to a known leaf, when it is looked at, what is seen of it.
const rows: [name: string, happens: (book: LeafBook) => void, at: number, expected: Partial<LeafView>][] = [
  ['known and idle', () => undefined, 0, { inFlight: 0, latencyMs: 5, inFlightMax: Infinity, condition: 'good' }],
  ['what is in flight', (book) => book.sent('a', 3, 0), 1, { inFlight: 3 }],
  ['what others have in flight there', (book) => book.reported('a', { queued: 7 }, 0), 1, { inFlight: 7 }],
  ['its own word on latency', (book) => book.reported('a', { queued: 0, latencyMs: 40 }, 0), 0, { latencyMs: 40 }],
  ['latency is an average', (book) => answer(book, 15, 0), 0, { latencyMs: 6 }],
  ['what is known grows old', () => undefined, 2000, { latencyMs: 2.5 }],
  ['asked, and quiet for a moment', (book) => book.sent('a', 1, 0), 30, { condition: 'good' }],
  ['asked, and quiet for too long', (book) => book.sent('a', 1, 0), 31, { condition: 'silent' }],
  ['no heartbeat', () => undefined, 1001, { condition: 'silent' }],
  ['five errors', (book) => fail(book, 5, 0), 1, { condition: 'ejected' }],
  [
    'five refusals of bad requests',
    (book) => fail(book, 5, 0, 'AGGREGATION_TOO_MANY_BUCKETS'),
    1,
    { condition: 'good' },
  ],
  ['five bugs', (book) => fail(book, 5, 0, 'INTERNAL'), 1, { condition: 'ejected' }],
  ['five times damaged data', (book) => fail(book, 5, 0, 'LOG_CORRUPT'), 1, { condition: 'ejected' }],
  ['five times busy is load, not sickness', (book) => fail(book, 5, 0, 'LEAF_BUSY'), 1, { condition: 'good' }],
  ['a new process is not known', (book) => book.met('a', 0), 0, { latencyMs: 100, inFlightMax: 4, condition: 'good' }],
];
for (const [name, happens, at, expected] of rows) {
  test(`leaf book: ${name}`, () => {
    const book = knownLeaf();
    happens(book);
    const view = book.view('a', at);
    for (const [key, value] of Object.entries(expected)) assert.equal(view[key as keyof LeafView], value, key);
  });
}

test('leaf book: a new leaf ramps from 4 shards in flight until it is known', () => {
  const book = new LeafBook();
  const seen = [0, 5, 10, 19, 20].map((answers) => {
    book.met('a', 0);
    for (let i = 0; i < answers; i++) answer(book, 1, 0);
    return Math.floor(book.view('a', 0).inFlightMax);
  });
  assert.deepEqual(seen, [4, 8, 16, 55, Infinity]);
});

test('leaf book: a frozen leaf that was ejected is tried as soon as it speaks again', () => {
  const book = knownLeaf();
  for (let i = 0; i < 5; i++) {
    book.sent('a', 1, 0);
    book.ended('a', 1, { end: { kind: 'late' }, tookMs: 200, now: 200 });
  }
  assert.equal(book.view('a', 201).condition, 'ejected');
  book.heard('a', 5000);
  assert.equal(book.view('a', 5000).condition, 'good');
  fail(book, 1, 5001);
  assert.equal(book.view('a', 5001).condition, 'ejected', 'it was on probation');
});

// Each row: what is wrong with a and b, which of them are hedged to.
const targets: [name: string, a: Trouble, b: Trouble, expected: string[]][] = [
  ['both good', 'none', 'none', ['a', 'b']],
  ['an overloaded one is spared', 'overloaded', 'none', ['b']],
  ['a silent one is spared', 'silent', 'none', ['b']],
  ['a silent one is better than none', 'silent', 'overloaded', ['a']],
  ['all overloaded: no hedges', 'overloaded', 'overloaded', []],
];
type Trouble = 'none' | 'overloaded' | 'silent';
for (const [name, a, b, expected] of targets) {
  test(`hedge targets: ${name}`, () => {
    const book = new LeafBook();
    for (const [leaf, trouble] of Object.entries({ a, b })) {
      book.met(leaf, trouble === 'silent' ? 0 : 2000);
      if (trouble === 'overloaded') book.reported(leaf, { queued: 0, overloaded: true }, 2000);
    }
    assert.deepEqual(book.hedgeTargets(['a', 'b'], 2000), expected);
  });
}

test('leaf book: what never was in flight cannot end', () => {
  const book = knownLeaf();
  assert.throws(() => book.ended('a', 1, { end: { kind: 'answered' }, tookMs: 1, now: 0 }), /in flight/);
});

/** The same for every line, however long it has been there. */
function same(waitMs: number): LineLimits {
  return { standingMs: waitMs, burstMs: waitMs, burstLastsMs: 0 };
}

const backlog = { interactiveMs: 10, batchMs: 30, taskMs: 2 };

// Each row: what happens to a known leaf with a backlog of 10 ms; what a task waits there, by the book.
const waits: [name: string, happens: (book: LeafBook) => void, waitMs: number][] = [
  ['what it told', () => undefined, 10],
  ['what was asked since', (book) => book.sent('a', 3, 1), 12],
  ['what was answered since', (book) => book.ended('a', 1, { end: { kind: 'lost' }, tookMs: 1, now: 1 }), 8],
  ['what was asked and answered since', (book) => answer(book, 5, 1), 10],
  ['what it told later', (book) => book.toldBacklog('a', { ...backlog, interactiveMs: 3 }, 1), 3],
  ['what a report tells', (book) => book.reported('a', { queued: 0, backlog: { ...backlog, interactiveMs: 4 } }, 1), 4],
  ['a report that tells nothing of it', (book) => book.reported('a', { queued: 0 }, 1), 10],
  ['a new process', (book) => book.met('a', 1), 0],
];
for (const [name, happens, waitMs] of waits) {
  test(`LeafBook: knows the wait at a leaf, ${name}`, () => {
    const book = knownLeaf();
    book.sent('a', 1, 0);
    book.toldBacklog('a', backlog, 0);
    happens(book);
    assert.deepEqual([...book.busierThan(same(waitMs - 0.1), 'interactive', 2)], ['a']);
    assert.deepEqual([...book.busierThan(same(waitMs), 'interactive', 2)], []);
  });
}

test('LeafBook: batch tasks wait for interactive ones as well', () => {
  const book = knownLeaf();
  book.toldBacklog('a', backlog, 0);
  assert.deepEqual([...book.busierThan(same(29), 'batch', 1)], ['a']);
  assert.deepEqual([...book.busierThan(same(30), 'batch', 1)], []);
});

// Each row: what a leaf told of its line, when it was last heard, and what five tasks say of it that are given up then, at 100.
const late: [name: string, told: Backlog, heardAt: number, condition: LeafView['condition']][] = [
  ['it has nothing to do', { interactiveMs: 0, batchMs: 0, taskMs: 10 }, 99, 'ejected'],
  ['it has little to do', { interactiveMs: 40, batchMs: 40, taskMs: 10 }, 99, 'ejected'],
  ['they stood in line', { interactiveMs: 91, batchMs: 91, taskMs: 10 }, 99, 'good'],
  ['they stood in line behind others', { interactiveMs: 0, batchMs: 91, taskMs: 10 }, 99, 'good'],
  ['it had a line, and is silent', { interactiveMs: 91, batchMs: 91, taskMs: 10 }, 0, 'ejected'],
];
for (const [name, told, heardAt, condition] of late) {
  test(`LeafBook: tasks that are late: ${name}`, () => {
    const book = knownLeaf();
    for (let i = 0; i < 5; i++) book.sent('a', 1, 1);
    if (heardAt > 0) book.heard('a', heardAt);
    book.toldBacklog('a', told, heardAt);
    for (let i = 0; i < 5; i++) book.ended('a', 1, { end: { kind: 'late' }, tookMs: 99, now: 100 });
    assert.equal(book.view('a', 100).condition, condition);
  });
}

// Each row: what a leaf told of its line, what was asked of it since, whether a task stands in line there.
const lines: [told: Backlog, since: number, interactive: boolean, batch: boolean][] = [
  [{ interactiveMs: 0, batchMs: 0, taskMs: 0 }, 10, false, false],
  [{ interactiveMs: 5, batchMs: 5, taskMs: 0.1 }, 0, false, false],
  [{ interactiveMs: 5.1, batchMs: 5.1, taskMs: 0.1 }, 0, true, true],
  [{ interactiveMs: 40, batchMs: 40, taskMs: 10 }, 0, false, false],
  [{ interactiveMs: 40, batchMs: 41, taskMs: 10 }, 0, false, true],
  [{ interactiveMs: 40, batchMs: 40, taskMs: 10 }, 1, true, true],
];
for (const [told, since, interactive, batch] of lines) {
  test(`LeafBook: has a line: ${JSON.stringify(told)}, ${since} asked since`, () => {
    const book = knownLeaf();
    book.toldBacklog('a', told, 0);
    for (let i = 0; i < since; i++) book.sent('a', 1, 1);
    assert.deepEqual([book.hasLine('a', 'interactive', 2), book.hasLine('a', 'batch', 2)], [interactive, batch]);
  });
}

// Each row: when a leaf told of which lines, with tasks of 1 ms; when it is looked at, and who stands in a line there then.
const told: [name: string, news: [at: number, interactiveMs: number, batchMs: number][], at: number, stands: string][] =
  [
    ['a line that has just come', [[0, 20, 20]], 99, ''],
    ['one that is there for long', [[0, 20, 20]], 100, 'interactive batch'],
    [
      'it has grown meanwhile',
      [
        [0, 6, 6],
        [90, 20, 20],
      ],
      100,
      'interactive batch',
    ],
    [
      'it was short meanwhile',
      [
        [0, 20, 20],
        [50, 5, 5],
        [60, 20, 20],
      ],
      159,
      '',
    ],
    [
      'and long again for long',
      [
        [0, 20, 20],
        [50, 5, 5],
        [60, 20, 20],
      ],
      160,
      'interactive batch',
    ],
    [
      'of batch work',
      [
        [0, 0, 20],
        [50, 20, 20],
      ],
      100,
      'batch',
    ],
  ];
for (const [name, news, at, stands] of told) {
  test(`LeafBook: knows whether a line stands: ${name}`, () => {
    const book = new LeafBook();
    for (const [now, interactiveMs, batchMs] of news) book.toldBacklog('a', { interactiveMs, batchMs, taskMs: 1 }, now);
    const limits = { standingMs: 0, burstMs: Infinity, burstLastsMs: 100 };
    const standing = (['interactive', 'batch'] as const).filter((each) => book.busierThan(limits, each, at).has('a'));
    assert.equal(standing.join(' '), stands);
  });
}

test('LeafBook: the line of a process that has ended does not stand in its next', () => {
  const book = new LeafBook();
  book.toldBacklog('a', { ...backlog, interactiveMs: 20 }, 0);
  book.met('a', 50);
  book.toldBacklog('a', { ...backlog, interactiveMs: 20 }, 60);
  assert.deepEqual([...book.busierThan({ standingMs: 0, burstMs: 100, burstLastsMs: 60 }, 'interactive', 119)], []);
});

test('leaf book: shards in flight on all leaves are those sent and not ended, and none where nothing is asked', () => {
  const book = new LeafBook();
  for (const leaf of ['a', 'b']) book.met(leaf, 0);
  assert.equal(book.inFlight, 0);
  book.sent('a', 3, 1);
  book.sent('b', 2, 1);
  assert.equal(book.inFlight, 5);
  book.ended('a', 3, { end: { kind: 'answered' }, tookMs: 1, now: 2 });
  assert.equal(book.inFlight, 2);
  book.ended('b', 2, { end: { kind: 'failed', code: 'LEAF_BUSY' }, tookMs: 1, now: 2 });
  assert.equal(book.inFlight, 0);
});

// Each row: how long one had taken that lost to another, of a leaf that answers in 5 ms, what is known of its latency then.
const losses: [tookMs: number, latencyMs: number][] = [
  [15, 6],
  [3, 5],
];
for (const [tookMs, latencyMs] of losses) {
  test(`leaf book: one that lost after ${tookMs} ms would have taken longer than that`, () => {
    const book = knownLeaf();
    book.sent('a', 1, 0);
    book.ended('a', 1, { end: { kind: 'lost' }, tookMs, now: 0 });
    assert.equal(book.view('a', 0).latencyMs, latencyMs);
  });
}
