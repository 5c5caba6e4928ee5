import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Priority } from '../../shared/protocol/priority.ts';
import { LeafBook } from '../scatter/leaf-book.ts';
import { isLetIn } from './admission.ts';

/** A book in which leaves have told their lines: of interactive tasks, and of all, in milliseconds. */
function bookOf(lines: Readonly<Record<string, readonly [interactiveMs: number, batchMs: number]>>): LeafBook {
  const book = new LeafBook();
  for (const [leaf, [interactiveMs, batchMs]] of Object.entries(lines)) {
    book.met(leaf, 0);
    book.toldBacklog(leaf, { interactiveMs, batchMs, taskMs: 1 }, 0);
  }
  return book;
}

const lines = bookOf({ idle: [0, 0], longer: [25, 25], long: [26, 26], batch: [0, 13], short: [5, 5] });

// Each row: who has each shard, the query's priority and time, whether it is let in.
const rows: [name: string, owners: string[][], priority: Priority, timeoutMs: number, expected: boolean][] = [
  ['idle leaves', [['idle'], ['idle']], 'interactive', 100, true],
  ['a line of a quarter of the time', [['longer']], 'interactive', 100, true],
  ['a longer one', [['long']], 'interactive', 100, false],
  ['the same, and more time', [['long']], 'interactive', 200, true],
  ['one shard of two', [['idle'], ['long']], 'interactive', 100, false],
  ['another replica has room', [['idle', 'long']], 'interactive', 100, true],
  ['no other replica has', [['longer', 'long']], 'interactive', 40, false],
  ['a shard without a replica', [[], ['idle']], 'interactive', 100, true],
  ['a leaf that is not known', [['new']], 'interactive', 100, true],
  ['a line as may stand for no reason', [['short']], 'interactive', 1, true],
  ['batch work stands in line', [['batch']], 'interactive', 100, true],
  ['batch work stands in line for batch', [['batch']], 'batch', 100, false],
  ['batch has half as much', [['longer']], 'batch', 199, false],
  ['batch, and more time', [['longer']], 'batch', 200, true],
];
for (const [name, owners, priority, timeoutMs, expected] of rows) {
  test(`isLetIn: ${name}`, () => {
    assert.equal(isLetIn({ priority, timeoutMs, owners: () => owners }, lines, 1), expected);
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
 * 20 s, in turns. A query counts when it is answered within a second.
 */
function simulate(rate: number, roots: number): { goodput: number; worstMs: number } {
  const serviceMs = 5;
  const endMs = 20_000;
  const books = Array.from({ length: roots }, () => bookOf({ leaf: [0, 0] }));
  const asked: { readonly at: number; readonly book: LeafBook; readonly tookMs: number }[] = [];
  const query = { priority: 'interactive', timeoutMs: 1000, owners: () => [['leaf']] } as const;
  let [free, toldAt, good, worstMs] = [0, 0, 0, 0];
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
    worstMs = Math.max(worstMs, free - now);
  }
  return { goodput: (good * serviceMs) / endMs, worstMs };
}

for (const roots of [1, 2, 4, 16]) {
  test(`isLetIn: ${roots} roots that ask 1.5 to 3 times what a leaf can do are answered what it can, in time`, (t) => {
    for (const rate of [1.5, 2, 3]) {
      const { goodput, worstMs } = simulate(rate, roots);
      t.diagnostic(`at ${rate}: goodput ${goodput.toFixed(3)}, slowest ${worstMs.toFixed(0)} ms`);
      assert.ok(goodput > 0.99 && worstMs < 300, `at ${rate}: ${goodput}, ${worstMs} ms`);
    }
  });
}
