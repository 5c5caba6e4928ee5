import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Draw } from '../segment/random-documents.fixture.ts';
import { BucketTable } from './bucket-table.ts';
import { TaskBudget } from './task-budget.ts';

test('BucketTable: finds and counts as maps of maps do', () => {
  const keys = [0, -0, 1, -1, 0.1, 2 ** 31, 2 ** 32, 2 ** 53 - 1, -(2 ** 53) + 1, 1e300, 5e-324, 1.7e12];
  for (let seed = 1; seed <= 20; seed++) {
    const draw = new Draw(seed);
    const table = new BucketTable(new TaskBudget());
    const naive = new Map<number, Map<number, number>>();
    const parents = [1, 3, 1000][seed % 3]!;
    for (let i = 0; i < 3000; i++) {
      const parent = draw.below(parents);
      const key = draw.chance(0.3) ? draw.pick(keys) : draw.below(500) - 250;
      table.beginDocument();
      const bucket = table.bucketOf(parent, key);
      assert.deepEqual([table.isFirst(bucket), table.isFirst(bucket)], [true, false]);
      table.count(Uint32Array.of(bucket), 1);
      const counts = naive.get(parent) ?? new Map<number, number>();
      naive.set(parent, counts.set(key, (counts.get(key) ?? 0) + 1));
    }
    let size = 0;
    for (let parent = 0; parent < parents; parent++) {
      const buckets = [...table.bucketsOf(parent)];
      const found = buckets.map((bucket) => [table.keyOf(bucket), table.countOf(bucket)]);
      assert.deepEqual(found, [...(naive.get(parent) ?? [])], `seed ${seed}, parent ${parent}`);
      assert.equal(table.sizeOf(parent), buckets.length);
      size += buckets.length;
    }
    assert.deepEqual([table.size, table.meanSize], [size, size / naive.size]);
  }
});
