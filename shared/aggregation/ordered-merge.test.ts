import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRandom } from '../random/random.ts';
import { OrderedMerge } from './ordered-merge.ts';
import { sortInSteps } from './sort-in-steps.ts';
import { allAtOnce } from './steps.ts';

interface Item {
  readonly rank: number;
  readonly list: number;
}

const compare = (a: Item, b: Item): number => a.rank - b.rank;

test('OrderedMerge: as sorting all says, equal ones by their lists', () => {
  for (let seed = 1; seed <= 300; seed++) {
    const random = createRandom(53_000_000 + seed);
    const lists = Array.from({ length: random.integer(0, 9) }, (_, list) =>
      Array.from({ length: random.pick([0, 1, 2, 20]) }, () => ({ rank: random.integer(0, 30), list })).sort(compare),
    );
    const merge = new OrderedMerge(lists, compare);
    const merged: Item[] = [];
    for (let item = merge.next(); item !== undefined; item = merge.next()) {
      assert.equal(merge.list, item.list);
      merged.push(item);
    }
    assert.equal(merge.next(), undefined);
    assert.deepEqual(merged, lists.flat().sort(compare), `seed ${53_000_000 + seed}`);
  }
});

test('sortInSteps: as sorting at once says, equal ones as they were, and the items stay where they are', () => {
  for (let seed = 1; seed <= 60; seed++) {
    const random = createRandom(53_001_000 + seed);
    const length = random.pick([0, 1, 2, 127, 128, 129, 255, 256, 257, 1000]);
    const items = Array.from({ length }, (_, list) => ({ rank: random.integer(0, 50), list }));
    const before = [...items];
    assert.deepEqual(allAtOnce(sortInSteps(items, compare)), items.toSorted(compare), `seed ${53_001_000 + seed}`);
    assert.deepEqual(items, before);
  }
});
