import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRandom, xoshiro128 } from './random.ts';

test('xoshiro128: the first words are those of the reference implementation', () => {
  const next = xoshiro128([1, 2, 3, 4]);
  const expected = [
    11520, 0, 5927040, 70819200, 2031721883, 1637235492, 1287239034, 3734860849, 3729100597, 4258142804,
  ];
  assert.deepEqual(
    expected.map(() => next()),
    expected,
  );
});

test('createRandom: one seed gives one sequence, another seed another', () => {
  const sequence = (seed: number): number[] => {
    const random = createRandom(seed);
    return Array.from({ length: 20 }, () => random.next());
  };
  assert.deepEqual(sequence(7), sequence(7));
  assert.notDeepEqual(sequence(7), sequence(8));
  assert.notDeepEqual(sequence(0), sequence(-1));
});

test('next: spreads evenly over [0, 1)', () => {
  const random = createRandom(1);
  const counts = Array.from({ length: 10 }, () => 0);
  for (let i = 0; i < 10_000; i++) {
    const value = random.next();
    assert.ok(value >= 0 && value < 1, String(value));
    counts[Math.floor(value * 10)]!++;
  }
  // 1000 each expected, standard deviation 30: six of them either way.
  for (const count of counts) assert.ok(count > 820 && count < 1180, counts.join());
});

test('integer: reaches both ends and nothing beyond', () => {
  const rows: [min: number, max: number][] = [
    [0, 0],
    [1, 6],
    [-3, 3],
  ];
  for (const [min, max] of rows) {
    const random = createRandom(2);
    const seen = new Set(Array.from({ length: 500 }, () => random.integer(min, max)));
    const all = Array.from({ length: max - min + 1 }, (_, i) => min + i);
    assert.deepEqual(
      [...seen].sort((a, b) => a - b),
      all,
    );
  }
});

test('chance: never at 0, always at 1', () => {
  const random = createRandom(3);
  for (let i = 0; i < 100; i++) {
    assert.equal(random.chance(0), false);
    assert.equal(random.chance(1), true);
  }
});

test('pick: reaches every element and refuses an empty array', () => {
  const random = createRandom(4);
  const seen = new Set(Array.from({ length: 100 }, () => random.pick(['a', 'b', 'c'])));
  assert.deepEqual([...seen].sort(), ['a', 'b', 'c']);
  assert.throws(() => random.pick([]), RangeError);
});

test('shuffle: keeps the elements, leaves its input alone, and reaches every order', () => {
  const random = createRandom(5);
  const input = [1, 2, 3];
  const orders = new Set(Array.from({ length: 200 }, () => random.shuffle(input).join('')));
  assert.deepEqual([...orders].sort(), ['123', '132', '213', '231', '312', '321']);
  assert.deepEqual(input, [1, 2, 3]);
});
