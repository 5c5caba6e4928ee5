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
      const buckets = [...table.bucketsIn(parent)];
      const found = buckets.map((bucket) => [table.keyOf(bucket), table.countOf(bucket)]);
      assert.deepEqual(found, [...(naive.get(parent) ?? [])], `seed ${seed}, parent ${parent}`);
      assert.equal(table.sizeOf(parent), buckets.length);
      size += buckets.length;
    }
    assert.deepEqual([table.size, table.meanSize], [size, size / naive.size]);
  }
});

// Each row: how keys lie, how they are drawn, whether they are told in order without sorting.
const spreads: [name: string, draw: (draw: Draw, i: number) => number, ordered: boolean][] = [
  ['close together', (draw) => draw.below(300) - 150, true],
  ['ascending', (_draw, i) => 1_000_000 + (i >> 3), true],
  ['descending', (_draw, i) => -(i >> 3), true],
  ['both ways', (draw, i) => (draw.chance(0.5) ? i >> 3 : -(i >> 3)), true],
  ['far apart', (draw) => draw.below(1000) * 1e9, false],
  ['close together, then one far away', (draw, i) => (i === 2000 ? 1e12 : draw.below(200)), false],
  ['fractions', (draw) => draw.below(300) / 4, false],
];
for (const [name, drawKey, ordered] of spreads) {
  test(`BucketTable: in batches as one by one, in any number of parents: ${name}`, () => {
    for (let seed = 1; seed <= 6; seed++) {
      const draw = new Draw(seed);
      const parentCount = [1, 3, 40][seed % 3]!;
      const [batched, single] = [new BucketTable(new TaskBudget()), new BucketTable(new TaskBudget())];
      const found = new Uint32Array(100);
      for (let i = 0; i < 6000; i += found.length) {
        const parents = Uint32Array.from(found, () => draw.below(parentCount));
        const keys = Float64Array.from(found, (_, at) => drawKey(draw, i + at));
        const count = 1 + draw.below(found.length);
        batched.bucketsOf(parents, keys, count, found);
        const expected = Array.from({ length: count }, (_, at) => single.bucketOf(parents[at]!, keys[at]!));
        assert.deepEqual([...found.subarray(0, count)], expected, `seed ${seed}`);
        batched.count(found, count);
      }
      assert.equal(batched.size, single.size);
      for (let parent = 0; parent < parentCount; parent++) {
        const sorted = batched.bucketsIn(parent).sort((a, b) => batched.keyOf(a) - batched.keyOf(b));
        const ascending = batched.ascendingIn(parent);
        if (ascending !== null) assert.deepEqual(ascending, sorted, `seed ${seed}, parent ${parent}`);
        if (parentCount === 1) assert.equal(ascending !== null, ordered, `seed ${seed}`);
      }
    }
  });
}
