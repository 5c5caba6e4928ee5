import assert from 'node:assert/strict';
import { test } from 'node:test';
import { valueOfSum } from '../../shared/aggregation/sum.ts';
import { createRandom } from '../../shared/random/random.ts';
import { BucketTotals } from './bucket-totals.ts';
import { pageMask, pageShift, PagedState } from './paged-state.ts';
import { TaskBudget } from './task-budget.ts';

test('PagedState: what was there stays where it is, and what is new begins as was said', () => {
  const state = new PagedState([0, Infinity]);
  let known = 0;
  for (const count of [1, 3, 5, 100, 8191, 8192, 8193, 20_000, 20_001, 70_000]) {
    state.reserve(count);
    for (let bucket = 0; bucket < count; bucket++) {
      const page = state.pages[bucket >>> pageShift]!;
      const at = (bucket & pageMask) * 2;
      assert.deepEqual([page[at], page[at + 1]], bucket < known ? [bucket, -bucket] : [0, Infinity]);
      page[at] = bucket;
      page[at + 1] = -bucket;
    }
    known = count;
  }
});

test('PagedState: to make room for more copies no more than a page', () => {
  const state = new PagedState([0]);
  for (let count = 1; count < 300_000; count += 1000) {
    const before = [...state.pages];
    state.reserve(count);
    assert.ok(state.pages.every((page, i) => i === 0 || before[i] === undefined || before[i] === page));
    assert.ok(state.pages.every(({ length }) => length <= pageMask + 1));
  }
});

test('BucketTotals: of many buckets, whole numbers and fractions, as one by one', () => {
  const random = createRandom(53_400_000);
  const many = 40_000;
  for (const isWhole of [true, false]) {
    const totals = new BucketTotals(new TaskBudget());
    const values = new Map<number, number[]>();
    for (let batch = 0; batch < 200; batch++) {
      const length = random.integer(1, 512);
      const buckets = Uint32Array.from({ length }, () => random.integer(0, (many * (batch + 1)) / 200));
      const drawn = Float64Array.from({ length }, () => random.integer(-1000, 1000) / (isWhole ? 1 : 8));
      if (isWhole) totals.addWhole(buckets, drawn, length);
      else totals.addAll(buckets, drawn, length);
      for (let i = 0; i < length; i++) values.set(buckets[i]!, [...(values.get(buckets[i]!) ?? []), drawn[i]!]);
    }
    for (let bucket = 0; bucket < many + 10_000; bucket++) {
      const own = values.get(bucket) ?? [];
      const { count, sum, min, max } = totals.totals(bucket);
      const expected = [own.length, own.reduce((total, value) => total + value, 0)];
      assert.deepEqual([count, valueOfSum(sum)], expected, `bucket ${bucket}`);
      assert.deepEqual([min, max], own.length === 0 ? [null, null] : [Math.min(...own) + 0, Math.max(...own) + 0]);
    }
  }
});
