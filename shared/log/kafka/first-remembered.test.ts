import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRandom } from '../../random/random.ts';
import type { Decision } from './decision.ts';
import { firstRemembered, type DecisionEntry } from './first-remembered.ts';

const other: Decision = { kind: 'abandon', append: 'a' };

/** Entries of which some have others forgotten, by offset. */
function entriesOf(earliest: number, end: number, forgets: ReadonlyMap<number, number>): DecisionEntry[] {
  return Array.from({ length: end - earliest }, (_, i) => {
    const before = forgets.get(earliest + i);
    return { offset: earliest + i, decision: before === undefined ? other : { kind: 'forget', before } };
  });
}

// Each row: the entries there are, which of them have what forgotten, and from where on keys are remembered.
const rows: [what: string, earliest: number, end: number, forgets: [number, number][], expected: number][] = [
  ['there is no entry', 0, 0, [], 0],
  ['nothing was forgotten', 0, 10, [], 0],
  ['nothing was forgotten, and the first are gone', 7, 10, [], 7],
  ['the last entry has it forgotten', 0, 10, [[9, 4]], 4],
  [
    'the last of several counts',
    0,
    20,
    [
      [5, 2],
      [9, 7],
    ],
    7,
  ],
  ['it is far from the end', 0, 50_000, [[3, 2]], 2],
  ['what is forgotten is gone', 30, 50, [[40, 20]], 30],
];
for (const [what, earliest, end, forgets, expected] of rows) {
  test(`firstRemembered: ${what}`, async () => {
    const entries = entriesOf(earliest, end, new Map(forgets));
    const read = (offset: number): Promise<DecisionEntry[]> =>
      Promise.resolve(entries.slice(offset - earliest, offset - earliest + 1000));
    assert.equal(await firstRemembered(read, earliest, end), expected);
  });
}

test('firstRemembered: is what the last entry says, however much is read at once', async (t) => {
  const seed = 3;
  t.diagnostic(`seed ${seed}`);
  const random = createRandom(seed);
  for (let run = 0; run < 100; run++) {
    const earliest = random.integer(0, 100);
    const end = earliest + random.integer(0, 20_000);
    const forgets = new Map<number, number>();
    let before = 0;
    for (let offset = earliest; offset < end; offset += random.integer(1, 9000))
      if (offset > before) forgets.set(offset, (before = random.integer(before, offset)));
    const entries = entriesOf(earliest, end, forgets);
    const read = (offset: number): Promise<DecisionEntry[]> =>
      Promise.resolve(entries.slice(offset - earliest, offset - earliest + random.integer(1, 700)));
    const last = [...forgets.values()].at(-1) ?? earliest;
    assert.equal(await firstRemembered(read, earliest, end), Math.max(earliest, last));
  }
});
