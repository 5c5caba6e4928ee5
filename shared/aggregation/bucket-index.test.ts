import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { SheafError } from '../errors.ts';
import { limits } from '../limits.ts';
import { ascendingBorders, BucketFinder, type Borders } from './bucket-index.ts';
import type { AggregationPartials } from './definition.ts';
import type { HistogramRequest } from './histogram.ts';
import { mergeAggregations } from './merge.ts';
import { finishAggregations } from './result.ts';
import { wholeAnswer } from './whole-answer.fixture.ts';
import { roundsOf } from '../../tests/stages/rounds.ts';

const rows: [value: number, interval: number, offset: number, index: number | null][] = [
  [0, 1, 0, 0],
  [-0.5, 1, 0, -1],
  [7, 5, 3, 0],
  [8, 5, 3, 1],
  [2 ** 53 - 1, 1, 0, 2 ** 53 - 1],
  [2 ** 53, 1, 0, null],
  [1e17, 1, 0, null],
  [1_700_000_000_000, 0.0001, 0, null],
  [1, 1e-300, 0, null],
  [1e300, 1e-300, 0, null],
  [0, 1e-300, 0, 0],
  [8.64e15, 1, 0, 8.64e15],
  [-1.7e308, 1.7e308, 1.6e308, null],
  [1e-300, 1e300, 0, 0],
  [-1e-300, 1e300, 0, -1],
  [-1e300, 1e300, 0, -1],
  [0.3, 0.1, 0, 3],
  [0.7, 0.1, 0, 7],
  [0.30000000000000004, 0.1, 0, 3],
  [-0.3, 0.1, 0, -3],
  [-0.30000000000000004, 0.1, 0, -4],
  [0.25, 0.1, 0.05, 2],
  [1.15, 0.05, 0, 23],
  [4.35, 0.01, 0, 435],
  [1.1, 1.1, 0, 1],
  [12.3456789012345, 0.123456789012345, 0, 100],
  [8.41, 2.9, 2.61, 2],
  [0.000003, 0.000001, 0, 3],
  [3e-7, 1e-7, 0, 3],
  [9007199254740991, 3, 2, 3_002_399_751_580_329],
  [3e300, 1e300, 0, 3],
];
for (const [value, interval, offset, expected] of rows) {
  test(`BucketFinder: ${value} by ${interval} from ${offset} is ${expected ?? 'refused'}`, () => {
    const find = (): number => new BucketFinder({ field: 'f', interval, offset }).indexOf(value);
    if (expected !== null) return assert.equal(find(), expected);
    return assert.throws(find, (error) => error instanceof SheafError && error.code === 'REQUEST_VALUE_INVALID');
  });
}

const edges = [0, 1, 2 ** 53, 2 ** 53 - 1, 8.64e15, 1.7e12, 1e17, 1e300, Number.MAX_VALUE, 1e-300, 5e-324];
const magnitudes = fc.oneof(
  fc.constantFrom(...edges),
  fc.double({ min: 5e-324, max: Number.MAX_VALUE, noNaN: true }),
  fc.integer({ min: -300, max: 300 }).map((exponent) => 10 ** exponent),
);
const intervals = magnitudes.filter((interval) => interval > 0);

/** A few values close to each other, in units of the interval or of their own rounding, as well as far apart. */
const values = fc
  .tuple(magnitudes, fc.boolean(), fc.array(fc.integer({ min: 0, max: 100 }), { maxLength: 4 }), magnitudes)
  .map(([base, negative, distances, unit]) => distances.map((distance) => (negative ? -base : base) + distance * unit))
  .map((list) => list.filter(Number.isFinite));

interface Listed {
  readonly key: number;
  readonly doc_count: number;
}

/** Everything between a leaf and the caller, each value a document on a leaf of its own. */
function histogramOf(request: HistogramRequest, list: readonly number[]): Listed[] {
  const finder = new BucketFinder(request);
  const parts = list.map((value): AggregationPartials => {
    return { h: { kind: 'histogram', buckets: [{ key: finder.indexOf(value), count: 1, aggregations: {} }] } };
  });
  const results = finishAggregations({ h: request }, mergeAggregations({ h: request }, parts), wholeAnswer);
  return (JSON.parse(JSON.stringify(results)) as { h: { buckets: Listed[] } }).h.buckets;
}

/** The digits of a number as it is written, and how many of them are decimals. */
function digitsOf(value: number): { readonly digits: bigint; readonly decimals: number } {
  const [mantissa = '', exponent = '0'] = String(value).split('e');
  const [whole = '', fraction = ''] = mantissa.split('.');
  return { digits: BigInt(whole + fraction), decimals: fraction.length - Number(exponent) };
}

/** Numbers in the unit of their last decimals. */
function inUnits(...numbers: number[]): { readonly units: bigint[]; readonly decimals: number } {
  const written = numbers.map(digitsOf);
  const decimals = Math.max(...written.map((one) => one.decimals));
  return { units: written.map((one) => one.digits * 10n ** BigInt(decimals - one.decimals)), decimals };
}

function naiveIndex({ interval, offset }: Pick<Borders, 'interval' | 'offset'>, value: number): number {
  const [v, i, o] = inUnits(value, interval, offset).units as [bigint, bigint, bigint];
  const rest = (((v - o) % i) + i) % i;
  return Number((v - o - rest) / i);
}

function naiveBorder({ interval, offset }: Pick<Borders, 'interval' | 'offset'>, index: number): number {
  const { units, decimals } = inUnits(interval, offset);
  return Number(`${BigInt(index) * units[0]! + units[1]!}e${-decimals}`);
}

/** The slow twin: each value looks for its bucket among all that begin between the first and the last. */
function naiveHistogram(request: HistogramRequest, list: readonly number[]): Listed[] {
  const { minDocCount } = request;
  const indexes = list.map((value) => naiveIndex(request, value));
  const first = Math.min(...indexes);
  return Array.from({ length: list.length === 0 ? 0 : Math.max(...indexes) - first + 1 }, (_, i) => ({
    key: naiveBorder(request, first + i),
    doc_count: indexes.filter((index) => index === first + i).length,
  })).filter((bucket) => bucket.doc_count >= minDocCount);
}

test('histogram: whatever the numbers, an answer as of the slow twin or a refusal that says why', () => {
  const outcomes = { answered: 0, refused: 0 };
  const property = fc.property(
    intervals,
    fc.double({ min: 0, max: 0.999, noNaN: true }),
    values,
    (interval, at, list) => {
      for (const minDocCount of [0, 1]) {
        const request: HistogramRequest = {
          kind: 'histogram',
          field: 'f',
          show: 'plain',
          interval,
          offset: at * interval,
          minDocCount,
          aggregations: {},
        };
        let found: Listed[];
        try {
          found = histogramOf(request, list);
        } catch (error) {
          assert.ok(error instanceof SheafError && error.status === 400, String(error));
          outcomes.refused++;
          continue;
        }
        outcomes.answered++;
        assert.ok(found.length <= limits.bucketsMax);
        assert.equal(
          found.reduce((sum, bucket) => sum + bucket.doc_count, 0),
          list.length,
        );
        found.forEach(({ key }, i) => assert.ok(Number.isFinite(key) && (i === 0 || key > found[i - 1]!.key)));
        if (minDocCount === 0) assert.deepEqual(found, naiveHistogram(request, list));
        else assert.deepEqual(new Set(found.map(({ doc_count: count }) => count > 0)), new Set(list.map(() => true)));
      }
    },
  );
  fc.assert(property, { seed: 20_240_601, numRuns: 2000 });
  // Both ends of the scale were reached.
  assert.ok(outcomes.answered > 200 && outcomes.refused > 200, JSON.stringify(outcomes));
});

/** A decimal of at most 15 digits, as a caller writes it. */
const decimals = fc
  .tuple(fc.bigInt({ min: 1n, max: 10n ** 15n - 1n }), fc.integer({ min: 1, max: 15 }), fc.integer({ min: 0, max: 18 }))
  .map(([digits, count, places]) => Number(`${digits % 10n ** BigInt(count)}e${-places}`));

test('histogram: decimals of up to 15 digits stand in the buckets of decimal arithmetic, on and beside every border', () => {
  let onBorders = 0;
  const property = fc.property(
    decimals.filter((interval) => interval > 0),
    fc.constantFrom(0, 1n, 2n, 5n, 9n),
    fc.array(fc.oneof(decimals, fc.integer({ min: -5000, max: 5000 })), { minLength: 1, maxLength: 8 }),
    (interval, tenths, list) => {
      const offset = naiveBorder({ interval: Number(`${interval}`) / 10, offset: 0 }, Number(tenths));
      const request = { field: 'f', interval, offset: offset < interval ? offset : 0 };
      const finder = new BucketFinder(request);
      const found = new Float64Array(1);
      for (const one of list) {
        // Whole numbers name a border, near which values matter most.
        const border = Number.isInteger(one) ? naiveBorder(request, one) : one;
        const step = 2 ** -52 * Math.abs(border);
        for (const value of [border, -border, border - step, border + step]) {
          const index = naiveIndex(request, value);
          if (!Number.isSafeInteger(index) || Math.abs(index) > 2 ** 52) continue;
          assert.equal(finder.indexOf(value), index, JSON.stringify({ ...request, value }));
          finder.indexesOf(Float64Array.of(value), 1, found);
          assert.equal(found[0], index, JSON.stringify({ ...request, value }));
          if (naiveBorder(request, index) === value) onBorders++;
        }
      }
    },
  );
  const numRuns = roundsOf(5000);
  fc.assert(property, { seed: 7, numRuns });
  assert.ok(onBorders > numRuns, `${onBorders}`);
});

test('ascendingBorders: begins anew for each histogram', () => {
  const request = { field: 'f', interval: 2, offset: 1 };
  assert.deepEqual([-1, 0, 3].map(ascendingBorders(request)), [-1, 1, 7]);
  assert.deepEqual([-1].map(ascendingBorders(request)), [-1]);
  assert.deepEqual([2, 3, 7].map(ascendingBorders({ field: 'f', interval: 0.1, offset: 0 })), [0.2, 0.3, 0.7]);
});
