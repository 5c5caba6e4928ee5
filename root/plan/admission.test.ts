import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Priority } from '../../shared/protocol/priority.ts';
import { LeafBook } from '../scatter/leaf-book.ts';
import { isLetIn } from './admission.ts';

/** Milliseconds since a line came: over the time of every query here, so it stands; or none, as of a burst. */
const standing = 500;
const burst = 0;

/** A book in which leaves have told their lines: of interactive tasks, and of all, in milliseconds, so long ago. */
function bookOf(lines: Readonly<Record<string, readonly [interactiveMs: number, batchMs: number]>>, ago = 0): LeafBook {
  const book = new LeafBook();
  for (const [leaf, [interactiveMs, batchMs]] of Object.entries(lines)) {
    book.met(leaf, -ago);
    book.toldBacklog(leaf, { interactiveMs, batchMs, taskMs: 1 }, -ago);
  }
  return book;
}

const lines = {
  idle: [0, 0],
  longer: [25, 25],
  long: [26, 26],
  batch: [0, 13],
  short: [5, 5],
  fifty: [50, 51],
} as const;

// Each row: who has each shard, the query's priority and time, since when lines are there, whether it is let in.
type Row = [name: string, owners: string[][], priority: Priority, timeoutMs: number, since: number, expected: boolean];
const rows: Row[] = [
  ['idle leaves', [['idle'], ['idle']], 'interactive', 100, standing, true],
  ['a line of a quarter of the time', [['longer']], 'interactive', 100, standing, true],
  ['a longer one', [['long']], 'interactive', 100, standing, false],
  ['the same, and more time', [['long']], 'interactive', 200, standing, true],
  ['one shard of two', [['idle'], ['long']], 'interactive', 100, standing, false],
  ['another replica has room', [['idle', 'long']], 'interactive', 100, standing, true],
  ['no other replica has', [['longer', 'long']], 'interactive', 40, standing, false],
  ['a shard without a replica', [[], ['idle']], 'interactive', 100, standing, true],
  ['a leaf that is not known', [['new']], 'interactive', 100, standing, true],
  ['a line as may stand for no reason', [['short']], 'interactive', 1, standing, true],
  ['batch work stands in line', [['batch']], 'interactive', 100, standing, true],
  ['batch work stands in line for batch', [['batch']], 'batch', 100, standing, false],
  ['batch has half as much', [['longer']], 'batch', 199, standing, false],
  ['batch, and more time', [['longer']], 'batch', 200, standing, true],
  ['a burst of half of the time', [['fifty']], 'interactive', 100, burst, true],
  ['a longer burst', [['fifty']], 'interactive', 99, burst, false],
  ['a burst for batch', [['batch']], 'batch', 104, burst, true],
  ['a longer burst for batch', [['batch']], 'batch', 103, burst, false],
];
for (const [name, owners, priority, timeoutMs, since, expected] of rows) {
  test(`isLetIn: ${name}`, () => {
    assert.equal(isLetIn({ priority, timeoutMs, owners: () => owners }, bookOf(lines, since), 0), expected);
  });
}

// Each row: how long the line is, whether it is a burst, whether a query of 120 ms is let in as usual, and with a page far down.
const farDown: [lineMs: number, isBurst: boolean, usual: boolean, deep: boolean][] = [
  [20, false, true, true],
  [21, false, true, false],
  [30, false, true, false],
  [31, false, false, false],
  [60, true, true, true],
  [61, true, false, false],
];
for (const [lineMs, isBurst, usual, deep] of farDown) {
  test(`isLetIn: a page far down takes a round more, so it waits for two thirds of what stands: a ${isBurst ? 'burst' : 'line'} of ${lineMs}`, () => {
    const book = bookOf({ a: [lineMs, lineMs] }, isBurst ? burst : standing);
    const query = { priority: 'interactive', timeoutMs: 120, owners: () => [['a']] } as const;
    assert.deepEqual([isLetIn(query, book, 0), isLetIn({ ...query, isDeep: true }, book, 0)], [usual, deep]);
  });
}

// Each row: the leaves of a shard, whether a query is let in: `long` has a line, `ejected` has failed, `silent` says nothing.
const conditions: [owners: string[], expected: boolean][] = [
  [['long'], false],
  [['long', 'idle'], true],
  [['long', 'ejected'], false],
  [['long', 'silent'], false],
  [['long', 'ejected', 'idle'], true],
  [['ejected'], true],
  [['silent', 'ejected'], true],
];
for (const [owners, expected] of conditions) {
  test(`isLetIn: asks those that are well first, so only they have room: ${owners.join()}`, () => {
    const book = bookOf({ long: [100, 100], idle: [0, 0], ejected: [0, 0], silent: [0, 0] });
    const failed = { end: { kind: 'failed', code: 'INTERNAL' }, tookMs: 1, now: 0 } as const;
    for (let i = 0; i < 5; i++) {
      book.sent('ejected', 1, 0);
      book.heard('ejected', 0);
      book.ended('ejected', 1, failed);
    }
    book.sent('silent', 1, 0);
    for (const leaf of ['long', 'idle', 'ejected']) book.heard(leaf, 100);
    const query = { priority: 'interactive', timeoutMs: 100, owners: () => [owners] } as const;
    assert.equal(isLetIn(query, book, 100), expected);
  });
}

test('isLetIn: a leaf that has gone silent is no reason to refuse, whatever it told', () => {
  const book = bookOf({ a: [500, 500] });
  const query = { priority: 'interactive', timeoutMs: 100, owners: () => [['a']] } as const;
  assert.equal(isLetIn(query, book, 1000), false);
  assert.equal(isLetIn(query, book, 1001), true);
});

/**
 * A leaf that takes `serviceMs` a task and tells its line every 5 ms, and roots that ask `rate` times what it can do for
 * 20 s, in turns. A query counts when it is answered within a second. For the first 2 s the overload is as new as a burst.
 */
function simulate(rate: number, roots: number): { goodput: number; worstAtFirstMs: number; worstMs: number } {
  const serviceMs = 5;
  const endMs = 20_000;
  const books = Array.from({ length: roots }, () => bookOf({ leaf: [0, 0] }));
  const asked: { readonly at: number; readonly book: LeafBook; readonly tookMs: number }[] = [];
  const query = { priority: 'interactive', timeoutMs: 1000, owners: () => [['leaf']] } as const;
  let [free, toldAt, good, worstAtFirstMs, worstMs] = [0, 0, 0, 0, 0];
  for (let [now, number] = [0, 0]; now < endMs; now += serviceMs / rate, number++) {
    while (asked.length > 0 && asked[0]!.at <= now) {
      const { book, tookMs, at } = asked.shift()!;
      book.heard('leaf', at);
      book.ended('leaf', 1, { end: { kind: 'answered' }, tookMs, now: at });
    }
    const waitMs = Math.max(0, free - now);
    if (now - toldAt >= 5) {
      const backlog = { interactiveMs: waitMs, batchMs: waitMs, taskMs: serviceMs };
      for (const book of books) book.toldBacklog('leaf', backlog, now);
      for (const book of books) book.heard('leaf', now);
      toldAt = now;
    }
    const book = books[number % roots]!;
    if (!isLetIn(query, book, now)) continue;
    book.sent('leaf', 1, now);
    free = Math.max(free, now) + serviceMs;
    asked.push({ at: free, book, tookMs: free - now });
    if (free - now <= 1000) good++;
    if (now < 2000) worstAtFirstMs = Math.max(worstAtFirstMs, free - now);
    else worstMs = Math.max(worstMs, free - now);
  }
  return { goodput: (good * serviceMs) / endMs, worstAtFirstMs, worstMs };
}

for (const roots of [1, 2, 4, 16]) {
  test(`isLetIn: ${roots} roots that ask 1.5 to 3 times what a leaf can do are answered what it can, in time`, (t) => {
    for (const rate of [1.5, 2, 3]) {
      const { goodput, worstAtFirstMs, worstMs } = simulate(rate, roots);
      const text = `at ${rate}: goodput ${goodput.toFixed(3)}, slowest at first ${worstAtFirstMs.toFixed(0)} ms, then ${worstMs.toFixed(0)} ms`;
      t.diagnostic(text);
      assert.ok(goodput > 0.99 && worstAtFirstMs < 600 && worstMs < 300, text);
    }
  });
}

test('isLetIn: a burst that could be answered within half of the time is let in whole, by any root, and again once it is over', () => {
  const serviceMs = 10;
  const book = bookOf({ leaf: [0, 0] });
  const query = { priority: 'interactive', timeoutMs: 500, owners: () => [['leaf']] } as const;
  for (const from of [0, 2000]) {
    for (let asked = 0; asked < 25; asked++) {
      const waitMs = asked * serviceMs;
      book.toldBacklog('leaf', { interactiveMs: waitMs, batchMs: waitMs, taskMs: serviceMs }, from + asked);
      assert.equal(isLetIn(query, book, from + asked), true, `${asked} before it`);
    }
    for (let left = 24; left >= 0; left--) {
      const [waitMs, now] = [left * serviceMs, from + (25 - left) * serviceMs];
      book.toldBacklog('leaf', { interactiveMs: waitMs, batchMs: waitMs, taskMs: serviceMs }, now);
      assert.equal(isLetIn(query, book, now), true, `${left} left`);
    }
  }
});
