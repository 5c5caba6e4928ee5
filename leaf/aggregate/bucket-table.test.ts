import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { limits } from '../../shared/limits.ts';
import { Draw } from '../segment/random-documents.fixture.ts';
import { BucketTable } from './bucket-table.ts';
import { BucketSums } from './bucket-sums.ts';
import { HashedBuckets } from './hashed-buckets.ts';
import { KeyWindow } from './key-window.ts';
import { copiedMax, roomFor } from './room-for.ts';
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

/** The most numbers that one list was copied of, once it is asked. */
function watchCopies(t: TestContext): () => number {
  const { mock } = t.mock.method(Float64Array.prototype, 'set');
  return () => Math.max(...mock.calls.map(({ arguments: [list] }) => list.length));
}

/** Where a stack is noted of each of very many calls. */
function noteNoStacks(t: TestContext): void {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  t.after(() => {
    Error.stackTraceLimit = stackTraceLimit;
  });
}

// Each row: keys of many buckets, for which the index is replaced again and again, some of them while buckets are still moved.
const large: [name: string, key: (i: number) => number][] = [
  ['fractions', (i) => i / 4],
  ['ascending', (i) => i],
  ['both ways', (i) => (i % 2 === 0 ? i : -i)],
  ['close together, then one far away, then fractions', (i) => (i < 70_000 ? i : i === 70_000 ? 1e12 : i + 0.5)],
  ['far apart, then close', (i) => (i < 9000 ? i * 1e9 : i)],
  ['ever wider', (i) => (i < 40_000 ? i : i < 40_020 ? -(2 ** (i - 40_000)) : i)],
];
for (const [name, keyOf] of large) {
  test(`BucketTable: of very many buckets few are moved and copied at a time, and all are found: ${name}`, (t) => {
    noteNoStacks(t);
    const copied = watchCopies(t);
    const puts = [t.mock.method(HashedBuckets.prototype, 'set'), t.mock.method(KeyWindow.prototype, 'set')];
    const table = new BucketTable(new TaskBudget());
    const draw = new Draw(59100200);
    let most = 0;
    const count = 140_000;
    for (let i = 0; i < count; i++) {
      for (const { mock } of puts) mock.resetCalls();
      const bucket = table.bucketOf(0, keyOf(i));
      if (bucket !== i) assert.equal(bucket, i);
      const moved = puts.reduce((sum, { mock }) => sum + mock.callCount(), 0);
      if (i > 5000) most = Math.max(most, moved);
      const before = draw.below(i + 1);
      const found = table.bucketOf(0, keyOf(before));
      if (found !== before) assert.equal(found, before);
    }
    assert.ok(most <= 10, `${most} were moved at once`);
    assert.ok(copied() <= copiedMax, `${copied()} were copied at once`);
    assert.equal(table.size, count);
    const ascending = table.ascendingIn(0);
    if (ascending !== null) assert.equal(ascending.length, count);
  });
}

test('roomFor: doubles, and beyond what is copied at most makes room for all there may be', () => {
  const { bucketsCollectedMax } = limits;
  const rooms = [
    [1, 0],
    [5, 4],
    [9, 4],
    [copiedMax, 3],
    [65_537, 65_536],
    [65_538, 65_537],
    [copiedMax + 1, 0],
  ];
  assert.deepEqual(
    rooms.map(([needed, length]) => roomFor(needed!, length!)),
    [1, 8, 9, copiedMax, copiedMax, bucketsCollectedMax, bucketsCollectedMax],
  );
});

test('BucketSums: no more is copied at a time, however many buckets there are', (t) => {
  const copied = watchCopies(t);
  const sums = new BucketSums(new TaskBudget());
  for (let count = 1; count < 900_000; count += 1 + (count >> 2)) {
    sums.hold(count);
    sums.addAll(Uint32Array.of(count - 1), Float64Array.of(count), 1);
    assert.deepEqual(sums.sum(count - 1), [count]);
  }
  assert.ok(copied() <= 2 * copiedMax, `${copied()} were copied at once`);
});
