import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { SheafError } from '../errors.ts';
import { limits } from '../limits.ts';
import { ascendingBorders, bucketIndexOf } from './bucket-index.ts';
import type { AggregationPartials } from './definition.ts';
import type { HistogramRequest } from './histogram.ts';
import { mergeAggregations } from './merge.ts';
import { finishAggregations } from './result.ts';
import { wholeAnswer } from './whole-answer.fixture.ts';

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
  [-1e-300, 1e300, 0, 0],
  [-1e300, 1e300, 0, -1],
];
for (const [value, interval, offset, expected] of rows) {
  test(`bucketIndexOf: ${value} by ${interval} from ${offset} is ${expected ?? 'refused'}`, () => {
    const find = (): number => bucketIndexOf({ field: 'f', interval, offset }, value);
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
  const parts = list.map((value): AggregationPartials => {
    return { h: { kind: 'histogram', buckets: [{ key: bucketIndexOf(request, value), count: 1, aggregations: {} }] } };
  });
  const results = finishAggregations({ h: request }, mergeAggregations({ h: request }, parts), wholeAnswer);
  return (JSON.parse(JSON.stringify(results)) as { h: { buckets: Listed[] } }).h.buckets;
}

/** The slow twin: each value looks for its bucket among all that begin between the first and the last. */
function naiveHistogram({ interval, offset, minDocCount }: HistogramRequest, list: readonly number[]): Listed[] {
  const indexes = list.map((value) => Math.floor((value - offset) / interval));
  const first = Math.min(...indexes);
  return Array.from({ length: list.length === 0 ? 0 : Math.max(...indexes) - first + 1 }, (_, i) => ({
    key: (first + i) * interval + offset,
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

test('ascendingBorders: begins anew for each histogram', () => {
  const request = { field: 'f', interval: 2, offset: 1 };
  assert.deepEqual([-1, 0, 3].map(ascendingBorders(request)), [-1, 1, 7]);
  assert.deepEqual([-1].map(ascendingBorders(request)), [-1]);
});
