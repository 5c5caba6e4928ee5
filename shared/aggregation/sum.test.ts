import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRandom, type Random } from '../random/random.ts';
import { binaryOf, nearestDouble, powerOfTwo, product, quotient, squareRoot } from './binary.ts';
import { nearest, slowSum, slowSumOfProducts, unitsOf } from './slow-sum.fixture.ts';
import {
  binaryOfSum,
  exactSum,
  isSum,
  roundingError,
  SumAccumulator,
  sumOfBinary,
  valueOfSum,
  type Sum,
} from './sum.ts';
import { Superaccumulator } from './superaccumulator.ts';
import { roundsOf } from '../../tests/stages/rounds.ts';

const max = Number.MAX_VALUE;
const least = 5e-324;

function sumOf(numbers: readonly number[]): Sum {
  const total = new SumAccumulator();
  for (const number of numbers) total.add(number);
  return total.sum();
}

// Each row: numbers to add, their sum as it travels, and as one number.
const rows: [numbers: number[], sum: Sum, value: number][] = [
  [[], [], 0],
  [[-0], [], 0],
  [[1, -1], [], 0],
  [[1, 1e100, 1, -1e100], [2], 2],
  [[0.1, 0.2, 0.3, -0.6], [2.7755575615628914e-17], 2.7755575615628914e-17],
  [Array.from({ length: 10 }, () => 0.1), [1, 5.551115123125783e-17], 1],
  [[2 ** 53, 1], [2 ** 53, 1], 2 ** 53],
  [[2 ** 53, 1, 1], [2 ** 53 + 2], 2 ** 53 + 2],
  [[1, 1e-200, 1e-320], [1, 1e-200, 1e-320], 1],
  // Halfway between two doubles the even one is nearest, unless the least bit says otherwise.
  [[1, 2 ** -53], [1, 2 ** -53], 1],
  [[1, 2 ** -53, least], [1 + 2 ** -52, -(2 ** -53), least], 1 + 2 ** -52],
  [[max, max, -max], [max], max],
  [[max, 2 ** 969], [max, 2 ** 969], max],
  // Of what is half a step beyond the largest, no double is the nearest.
  [[max, 2 ** 970], (unitsOf(max) + unitsOf(2 ** 970)).toString(16), max],
  [[-1e308, -1e308], (2n * unitsOf(-1e308)).toString(16), -max],
];
for (const [numbers, sum, value] of rows) {
  test(`SumAccumulator: ${numbers.slice(0, 5).join(' + ')}`, () => {
    assert.deepEqual(sumOf(numbers), sum);
    assert.deepEqual(sumOf(numbers.toReversed()), sum);
    assert.deepEqual(slowSum(numbers), sum);
    assert.equal(valueOfSum(sum), value);
    assert.ok(isSum(sum));
  });
}

/** Doubles of any magnitude, many of them such as have broken sums before. */
function adversarial(random: Random): number {
  const sign = random.chance(0.5) ? 1 : -1;
  switch (random.integer(0, 7)) {
    case 0:
      return sign * random.pick([0, least, 2 ** -1022, 2.225e-308, 1e308, max, 1e-320, 2 ** 1023, 1.5 * 2 ** 970]);
    case 1:
      return sign * random.integer(0, 1_000_000);
    case 2:
      return (sign * random.integer(0, 100_000)) / 100;
    case 3:
      return sign * 2 ** random.integer(-1074, 1023);
    case 4:
      return sign * (1 + random.next()) * 2 ** random.integer(-60, 60);
    case 5:
      // All 53 bits.
      return (
        sign *
        (2 ** 52 + random.integer(0, 2 ** 20) * 2 ** 32 - random.integer(0, 2 ** 31)) *
        2 ** random.integer(-1074, 900)
      );
    default:
      return sign * random.next();
  }
}

/** Numbers some of which cancel one another. */
function adversarialList(random: Random): number[] {
  const numbers = Array.from({ length: random.integer(0, 30) }, () => adversarial(random));
  return random.shuffle([...numbers, ...numbers.filter(() => random.chance(0.4)).map((number) => -number)]);
}

test('SumAccumulator: any numbers, in any order and merged in any tree, to the same bytes as sums of whole numbers', (t) => {
  const seed = 20_870;
  t.diagnostic(`seed ${seed}`);
  const random = createRandom(seed);
  const runs = roundsOf(3000);
  let written = 0;
  for (let run = 0; run < runs; run++) {
    const numbers = adversarialList(random);
    const expected = slowSum(numbers);
    if (typeof expected === 'string') written++;
    assert.deepEqual(sumOf(numbers), expected, `run ${run}`);
    let parts: Sum[] = numbers.map((number) => sumOf([number]));
    while (parts.length > 1) {
      const [first, second, third, ...rest] = random.shuffle(parts);
      const merged = new SumAccumulator();
      for (const each of [first!, second!, ...(third === undefined ? [] : [third])]) merged.addSum(each);
      parts = [merged.sum(), ...rest];
    }
    assert.deepEqual(parts[0] ?? [], expected, `run ${run}`);
    assert.equal(
      valueOfSum(expected),
      Math.max(-max, Math.min(max, nearest(numbers.reduce((total, n) => total + unitsOf(n), 0n)))),
    );
    assert.deepEqual(sumOfBinary(binaryOfSum(expected)), expected, `run ${run}`);
    assert.ok(isSum(JSON.parse(JSON.stringify(expected))), `run ${run}`);
  }
  assert.ok(written > runs / 60, `${written} sums beyond the largest double`);
});

test('Superaccumulator: carries before bins are no longer exact', () => {
  const exact = new Superaccumulator();
  const value = 1 - 2 ** -53;
  const count = 2 ** 22 + 7;
  for (let i = 0; i < count; i++) exact.add(value);
  for (let i = 0; i < 9; i++) exact.add(-value);
  assert.deepEqual(sumOfBinary(exact.sum()), sumOfBinary(product(binaryOf(value), binaryOf(count - 9))));
});

test('exactSum: whole numbers to the last digit', (t) => {
  const seed = 20_261;
  t.diagnostic(`seed ${seed}`);
  const random = createRandom(seed);
  for (let run = 0; run < 300; run++) {
    const numbers = Array.from({ length: 40 }, () => random.integer(-(2 ** 31), 2 ** 31) * 2 ** random.integer(0, 60));
    const expected = numbers.reduce((total, number) => total + BigInt(number), 0n);
    assert.equal(exactSum(sumOf(numbers)), expected);
  }
  assert.equal(exactSum(sumOf([max, max])), 2n * BigInt(max));
});

test('roundingError: is exact whichever is larger', () => {
  assert.deepEqual([roundingError(1e16, 1), roundingError(1, 1e16), roundingError(1, 2)], [1, 1, 0]);
});

// Each row: what is no sum.
const bad: unknown[] = [
  null,
  5,
  {},
  ['1'],
  [null],
  '',
  '0',
  '0x1',
  'g',
  '-',
  '-0',
  'f'.repeat(1073),
  Array(41).fill(1),
];
for (const value of bad) test(`isSum: not ${JSON.stringify(value)?.slice(0, 20)}`, () => assert.ok(!isSum(value)));

test('binary: doubles are themselves, and quotients and roots are those of whole numbers', (t) => {
  const seed = 20_871;
  t.diagnostic(`seed ${seed}`);
  const random = createRandom(seed);
  for (let run = 0; run < 3000; run++) {
    const [a, b] = [adversarial(random), adversarial(random)];
    assert.equal(nearestDouble(binaryOf(a)), a + 0, String(a));
    assert.deepEqual(sumOfBinary(product(binaryOf(a), binaryOf(b))), slowSumOfProducts([a], [b]), `${a} · ${b}`);
    if (b === 0) continue;
    // The service's own division rounds correctly, but where the quotient has fewer digits.
    const expected = a / b;
    assert.equal(nearestDouble(quotient(binaryOf(a), binaryOf(b))), expected + 0, `${a} / ${b}`);
    assert.equal(squareRoot(binaryOf(Math.abs(a))), Math.sqrt(Math.abs(a)), `√${a}`);
  }
});

test('powerOfTwo: every one there is', () => {
  for (let exponent = -1074, expected = least; exponent <= 1023; exponent++, expected *= 2) {
    assert.equal(powerOfTwo(exponent), expected);
  }
});
