import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRandom } from '../random/random.ts';
import type { AggregationRequest, PartialOf } from './definition.ts';
import { mergeAggregations } from './merge.ts';
import { finishAggregations } from './result.ts';
import { slowSum, slowSumOfProducts, unitsOf } from './slow-sum.fixture.ts';
import { wholeAnswer } from './whole-answer.fixture.ts';

const request = { kind: 'extended_stats', field: 'f', sigma: 2 } as const;

function partialOf(values: readonly number[]): PartialOf<'extended_stats'> {
  const min = values.length === 0 ? null : Math.min(...values);
  const max = values.length === 0 ? null : Math.max(...values);
  const squares = slowSumOfProducts(values, values);
  return { kind: 'extended_stats', count: values.length, sum: slowSum(values), min, max, squares };
}

function finish<T>(asked: AggregationRequest, partial: PartialOf<typeof asked.kind>): T {
  return JSON.parse(JSON.stringify(finishAggregations({ x: asked }, { x: partial }, wholeAnswer)['x'])) as T;
}

interface Told {
  readonly variance: number | null;
  readonly variance_sampling: number | null;
  readonly std_deviation: number | null;
}

test('extended_stats: all that Elasticsearch tells', () => {
  assert.deepEqual(finish(request, partialOf([50, 100])), {
    count: 2,
    min: 50,
    max: 100,
    avg: 75,
    sum: 150,
    sum_of_squares: 12_500,
    variance: 625,
    variance_population: 625,
    variance_sampling: 1250,
    std_deviation: 25,
    std_deviation_population: 25,
    std_deviation_sampling: 35.355339059327378,
    std_deviation_bounds: {
      upper: 125,
      lower: 25,
      upper_population: 125,
      lower_population: 25,
      upper_sampling: 145.71067811865476,
      lower_sampling: 4.289321881345245,
    },
  });
});

const nothing = {
  variance_sampling: null,
  std_deviation_sampling: null,
};
const noBounds = {
  upper: null,
  lower: null,
  upper_population: null,
  lower_population: null,
  upper_sampling: null,
  lower_sampling: null,
};

test('extended_stats: of no values all but the sum is null, of one what is of a sample', () => {
  assert.deepEqual(finish(request, partialOf([])), {
    count: 0,
    min: null,
    max: null,
    avg: null,
    sum: 0,
    sum_of_squares: null,
    variance: null,
    variance_population: null,
    std_deviation: null,
    std_deviation_population: null,
    ...nothing,
    std_deviation_bounds: noBounds,
  });
  assert.deepEqual(finish({ ...request, sigma: 0 }, partialOf([-3])), {
    count: 1,
    min: -3,
    max: -3,
    avg: -3,
    sum: -3,
    sum_of_squares: 9,
    variance: 0,
    variance_population: 0,
    std_deviation: 0,
    std_deviation_population: 0,
    ...nothing,
    std_deviation_bounds: { ...noBounds, upper: -3, lower: -3, upper_population: -3, lower_population: -3 },
  });
});

// Each row: values whose squares doubles lose or do not hold, their variance and deviation.
const hard: [values: number[], variance: number, deviation: number][] = [
  [[1e9, 1e9 + 1, 1e9 + 2], 2 / 3, Math.sqrt(2 / 3)],
  [[1e15 + 0.125, 1e15 + 0.25], 0.00390625, 0.0625],
  [[0.1, 0.1, 0.1], 0, 0],
  [[1e200, -1e200], Number.MAX_VALUE, 1e200],
  [[1e-200, -1e-200], 0, 1e-200],
  [[Number.MAX_VALUE, -Number.MAX_VALUE], Number.MAX_VALUE, Number.MAX_VALUE],
  [[5e-324, -5e-324], 0, 5e-324],
];
for (const [values, variance, deviation] of hard) {
  test(`extended_stats: the variance of ${values.join(', ')}`, () => {
    const told = finish<Told>(request, partialOf(values));
    assert.equal(told.variance, variance);
    assert.equal(told.std_deviation, deviation);
  });
}

test('extended_stats: parts merge in any tree to the same bytes, and the variance is that of fractions', (t) => {
  const seed = 20_875;
  t.diagnostic(`seed ${seed}`);
  const random = createRandom(seed);
  for (let run = 0; run < 300; run++) {
    const values = Array.from(
      { length: random.integer(1, 20) },
      () => (random.chance(0.5) ? 1e6 : 0) + random.next() * 2 ** random.integer(-20, 20),
    );
    const expected = partialOf(values);
    let parts = values.map((value) => partialOf([value]));
    while (parts.length > 1) {
      const [first, second, ...rest] = random.shuffle(parts);
      const merged = mergeAggregations({ x: request }, [{ x: first! }, { x: second! }])['x']!;
      assert.ok(merged.kind === 'extended_stats');
      parts = [merged, ...rest];
    }
    assert.equal(JSON.stringify(parts[0]), JSON.stringify(expected), `run ${run}`);
    const n = BigInt(values.length);
    const sum = values.reduce((total, value) => total + unitsOf(value), 0n);
    const squares = values.reduce((total, value) => total + unitsOf(value) ** 2n, 0n);
    // In millionths of a billionth.
    const scaled = ((n * squares - sum ** 2n) * 10n ** 15n) / (n * n * 2n ** 4296n);
    const { variance } = finish<Told>(request, expected);
    assert.ok(Math.abs(variance! - Number(scaled) / 1e15) <= 1e-15 + 1e-15 * variance!, `run ${run}: ${variance}`);
  }
});
