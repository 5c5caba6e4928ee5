import assert from 'node:assert/strict';
import { test } from 'node:test';
import { comesAfter, type After } from './after.ts';
import type { SortKey, SortValue } from './order.ts';

const up: SortKey = { by: 'field', field: 'n', descending: false, values: 'number' };
const down: SortKey = { ...up, descending: true };
const first: SortKey = { ...up, missing: 'first' };
const byPlace: SortKey = { by: 'position', descending: false };
const backwards: SortKey = { by: 'position', descending: true };
const at = (values: SortValue[], shard: number, offset: number): After => ({ values, place: { shard, offset } });

// Each row: sort keys, what the page begins after, a hit's values, shard and offset, whether it is in the page.
const rows: [keys: SortKey[], after: After, values: SortValue[], shard: number, offset: number, expected: boolean][] = [
  [[up], { values: [5] }, [6], 0, 0, true],
  [[up], { values: [5] }, [5], 9, 9, false],
  [[up], { values: [5] }, [4], 9, 9, false],
  [[up], { values: [5] }, [null], 0, 0, true],
  [[first], { values: [5] }, [null], 0, 0, false],
  [[first], { values: [null] }, [5], 0, 0, true],
  [[up], { values: [null] }, [5], 9, 9, false],
  [[down], { values: [5] }, [4], 0, 0, true],
  [[up], at([5], 1, 7), [5], 1, 8, true],
  [[up], at([5], 1, 7), [5], 1, 7, false],
  [[up], at([5], 1, 7), [5], 2, 0, true],
  [[up], at([5], 1, 7), [5], 0, 9, false],
  [[up], at([5], 1, 7), [6], 0, 0, true],
  [[down], at([5], 1, 7), [5], 1, 8, true],
  [[byPlace], at([7], 1, 7), [3], 2, 3, true],
  [[byPlace], at([7], 1, 7), [7], 1, 7, false],
  [[backwards], at([7], 1, 7), [9], 0, 9, true],
  [[backwards], at([7], 1, 7), [8], 1, 8, false],
  [[up, down], { values: [1, 5] }, [1, 4], 0, 0, true],
  [[up, down], { values: [1, 5] }, [1, 6], 0, 0, false],
];
for (const [keys, after, values, shard, offset, expected] of rows) {
  test(`comesAfter: ${JSON.stringify([keys, after, values, shard, offset])}`, () => {
    assert.equal(comesAfter(keys, { values, shard, offset }, after), expected);
  });
}
