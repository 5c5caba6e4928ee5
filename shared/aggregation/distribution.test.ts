import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRandom, type Random } from '../random/random.ts';
import { eachBin } from './bin-counts.ts';
import { exactCountMax, isDistribution, type DistributionPartial } from './distribution-partial.ts';
import { Distribution } from './distribution.ts';
import { javaDouble } from './java-double.ts';
import { percentilesOf, ranksOf } from './quantile.ts';
import { binError, binOf, binWidth, valueOfBin } from './sketch-bins.ts';

function distributionOf(values: Iterable<number>): DistributionPartial {
  const made = new Distribution();
  for (const value of values) made.add(value);
  return made.partial();
}

const percents = [0, 0.1, 1, 5, 25, 50, 75, 95, 99, 99.9, 100];

/** The percentile of all values, in their order. */
function percentileOf(ascending: readonly number[], percent: number): number {
  const place = (percent / 100) * (ascending.length - 1);
  const [low, high] = [ascending[Math.floor(place)]!, ascending[Math.ceil(place)]!];
  return low + (place - Math.floor(place)) * (high - low);
}

/** How many of the values are at most `end`. */
function countUpTo(ascending: readonly number[], end: number): number {
  let [from, to] = [0, ascending.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    if (ascending[middle]! <= end) from = middle + 1;
    else to = middle;
  }
  return from;
}

const many = 20_000;
const normal = (random: Random): number =>
  Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());

// Each row: what a value is drawn from.
const distributions: [name: string, draw: (random: Random) => number][] = [
  ['uniform', (random) => random.next()],
  ['uniform far from 0', (random) => 1e6 + random.next()],
  ['exponential', (random) => -Math.log(1 - random.next())],
  ['Pareto, alpha 1', (random) => 1 / (1 - random.next())],
  ['lognormal, over 20 powers of ten', (random) => Math.exp(8 * normal(random))],
  ['bimodal', (random) => (random.chance(0.3) ? 10 : 10_000) + normal(random)],
  ['constant', () => 42.5],
  ['two values', (random) => random.pick([1, 1e9])],
  ['whole numbers', (random) => random.integer(0, 300)],
  ['negative', (random) => -Math.exp(normal(random))],
  ['milliseconds of a year', (random) => 1_700_000_000_000 + random.integer(0, 2 ** 31)],
  ['zeros, and both signs', (random) => random.pick([0, -1, 1]) * Math.exp(3 * normal(random))],
];
for (const [name, draw] of distributions) {
  test(`percentilesOf: a sketch is off by at most 1 %: ${name}`, (t) => {
    const seed = 20_872;
    const random = createRandom(seed);
    const ascending = Array.from({ length: many }, () => draw(random)).sort((a, b) => a - b);
    const partial = distributionOf(random.shuffle(ascending));
    assert.ok('sketch' in partial);
    let worst = 0;
    percentilesOf(partial, percents).forEach((told, i) => {
      const truth = percentileOf(ascending, percents[i]!);
      // Between values of both signs it is relative to the larger of them.
      const error = told === truth ? 0 : Math.abs(told! - truth) / Math.abs(truth);
      worst = Math.max(worst, error);
    });
    let rankWorst = 0;
    for (let i = 0; i < 200; i++) {
      const number = random.pick(ascending) * (0.9 + 0.2 * random.next());
      const [told] = ranksOf(partial, [number]);
      const countTo = (end: number): number => (100 * countUpTo(ascending, end)) / many;
      const [low, high] = [number - binWidth * Math.abs(number), number + binWidth * Math.abs(number)];
      assert.ok(told! >= countTo(low) && told! <= countTo(high), `seed ${seed}: rank of ${number} is ${told}`);
      rankWorst = Math.max(rankWorst, Math.abs(told! - countTo(number)));
    }
    const { positive, negative } = partial.sketch;
    t.diagnostic(
      `seed ${seed}: error ${(100 * worst).toFixed(3)} %, ranks off by ${rankWorst.toFixed(3)}, ` +
        `${(positive.length + negative.length) / 2} bins, ${JSON.stringify(partial).length} characters`,
    );
    assert.ok(worst <= binError, `seed ${seed}: error ${worst}`);
  });
}

/** Any doubles, some of them again and again. */
function anyValue(random: Random): number {
  const size = random.pick([
    0,
    5e-324,
    1e-310,
    2 ** -1022,
    Number.MAX_VALUE,
    1,
    random.next(),
    random.next() * 2 ** random.integer(-1000, 1000),
  ]);
  return random.chance(0.5) ? -size : size;
}

test('Distribution: a function of the values, whatever the order and the tree in which they were merged', (t) => {
  const seed = 20_873;
  t.diagnostic(`seed ${seed}`);
  const random = createRandom(seed);
  for (let run = 0; run < 60; run++) {
    const length = random.pick([0, 1, 30, exactCountMax - 1, exactCountMax, exactCountMax + 1, 1500, 3000]);
    const values = Array.from({ length }, () => anyValue(random));
    const expected = distributionOf(values);
    assert.equal('values' in expected, length <= exactCountMax);
    assert.equal(JSON.stringify(distributionOf(random.shuffle(values))), JSON.stringify(expected));
    // Parts of many sizes, the large ones sketches already.
    let parts: DistributionPartial[] = [];
    for (let at = 0; at < length;) {
      const size = random.pick([1, 50, 700, 1200]);
      parts.push(distributionOf(values.slice(at, at + size)));
      at += size;
    }
    while (parts.length > 1) {
      const [first, second, ...rest] = random.shuffle(parts);
      const union = new Distribution();
      union.addPartial(first!);
      union.addPartial(second!);
      parts = [union.partial(), ...rest];
    }
    const merged = JSON.stringify(parts[0] ?? distributionOf([]));
    assert.equal(merged, JSON.stringify(expected), `run ${run}`);
    assert.ok(isDistribution(JSON.parse(merged) as Readonly<Record<string, unknown>>), `run ${run}`);
    if ('values' in expected) continue;
    const counted = values.filter((value) => value !== 0).length;
    let total = 0;
    for (const packed of [expected.sketch.positive, expected.sketch.negative])
      eachBin(packed, (_, count) => (total += count));
    assert.equal(total, counted);
    assert.equal(expected.sketch.zeros, length - counted);
  }
});

test('Distribution: knows what it takes', () => {
  const made = new Distribution();
  let size = made.sizeBytes;
  for (let i = 0; i < 3000; i++) {
    const changed = made.add(1.01 ** (i % 1500));
    assert.equal(changed, made.sizeBytes !== size, `value ${i}`);
    size = made.sizeBytes;
  }
});

test('binOf: as logarithms have it, within the bin beside it, and each number within 1 % of what it is told as', (t) => {
  const seed = 20_874;
  t.diagnostic(`seed ${seed}`);
  const random = createRandom(seed);
  let worst = 0;
  for (let i = 0; i < 200_000; i++) {
    const value = (1 + random.next()) * 2 ** random.integer(-1022, 1022);
    const bin = binOf(value);
    const told = valueOfBin(bin);
    worst = Math.max(worst, Math.abs(told - value) / value);
    const octave = Math.floor(Math.log2(value));
    assert.ok(bin >= 35 * octave - 1 && bin <= 35 * octave + 35, `${value} in bin ${bin}`);
    assert.equal(binOf(told), bin, String(value));
  }
  t.diagnostic(`error ${100 * worst} %`);
  assert.ok(worst < binError && worst > 0.0099, `error ${worst}`);
});

// Golden: the bin of a number, which no version may change while partials of two versions meet.
const bins: [value: number, bin: number][] = [
  [5e-324, -37_590],
  [2 ** -1022, -35_770],
  [0.1, -117],
  [0.5, -35],
  [1 - 2 ** -53, -1],
  [1, 0],
  [1.02, 0],
  [1.03, 1],
  [1.5, 20],
  [2, 35],
  [1000, 348],
  [Number.MAX_VALUE, 35_839],
];
for (const [value, bin] of bins) test(`binOf: ${value} is in bin ${bin}`, () => assert.equal(binOf(value), bin));

test('binOf: what is just below a power of two is in the last bin before it', () => {
  for (let i = 1; i <= 1000; i++) assert.equal(binOf(2 - i * Number.EPSILON), 34);
});

test('Distribution: a golden sketch', () => {
  const values = Array.from({ length: 1001 }, (_, i) => (i % 11) - 5);
  assert.deepEqual(distributionOf(values), {
    kind: 'distribution',
    sketch: {
      min: -5,
      max: 5,
      zeros: 91,
      positive: [0, 91, 35, 91, 20, 91, 15, 91, 11, 91],
      negative: [0, 91, 35, 91, 20, 91, 15, 91, 11, 91],
    },
  });
});

// Each row: values, percentages, the percentiles.
const percentileRows: [values: number[], percents: number[], expected: (number | null)[]][] = [
  [[], [50], [null]],
  [[7], [0, 50, 100], [7, 7, 7]],
  [
    [1, 2],
    [0, 25, 50, 100],
    [1, 1.25, 1.5, 2],
  ],
  [
    [15, 20, 35, 40, 50],
    [5, 30, 40, 50, 100],
    [16, 23, 29, 35, 50],
  ],
  [
    [3, 3, 3, 9],
    [50, 99],
    [3, 8.82],
  ],
  [[-1.7e308, 1.7e308], [50], [0]],
  [[-0], [50], [0]],
];
for (const [values, asked, expected] of percentileRows) {
  test(`percentilesOf: ${values.join(' ')} at ${asked.join(' ')}`, () => {
    const told = percentilesOf(distributionOf(values), asked);
    told.forEach((value, i) =>
      assert.ok(value === expected[i] || Math.abs(value! - expected[i]!) < 1e-12, String(told)),
    );
  });
}

// Each row: values, numbers, how many in a hundred of the values are at most as large.
const rankRows: [values: number[], numbers: number[], expected: (number | null)[]][] = [
  [[], [1], [null]],
  [[7], [6.9, 7, 8], [0, 100, 100]],
  [
    [1, 2, 2, 4],
    [0, 1, 2, 3, 4],
    [0, 25, 75, 75, 100],
  ],
  [
    [-1, 0, 0, 1],
    [-2, -0, 0.5],
    [0, 75, 75],
  ],
];
for (const [values, numbers, expected] of rankRows) {
  test(`ranksOf: of ${numbers.join(' ')} in ${values.join(' ')}`, () =>
    assert.deepEqual(ranksOf(distributionOf(values), numbers), expected));
}

test('ranksOf: a sketch knows its least, its greatest and its zeros', () => {
  const partial = distributionOf(Array.from({ length: 2000 }, (_, i) => (i % 4) - 1));
  assert.deepEqual(ranksOf(partial, [-1.1, -0.5, 0, 0.5, 2, 3]), [0, 25, 50, 50, 100, 100]);
});

// Each row: a number, how Java writes it.
const written: [value: number, text: string][] = [
  [1, '1.0'],
  [0, '0.0'],
  [99.9, '99.9'],
  [-2.5, '-2.5'],
  [0.001, '0.001'],
  [0.0001, '1.0E-4'],
  [1e7, '1.0E7'],
  [9_999_999, '9999999.0'],
  [1_420_070_400_000, '1.4200704E12'],
  [1e300, '1.0E300'],
];
for (const [value, text] of written) test(`javaDouble: ${text}`, () => assert.equal(javaDouble(value), text));
