import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { BucketPartial } from './buckets.ts';
import type { AggregationPartials, AggregationRequests } from './definition.ts';
import { emptyPartials, mergeAggregations } from './merge.ts';
import type { MetricPartial } from './metric.ts';
import { slowSum } from './slow-sum.fixture.ts';
import { byCount } from './terms-order.ts';
import { roundsOf } from '../../tests/stages/rounds.ts';

const metric = { kind: 'stats', field: 'f', values: 'number' } as const;
const terms = {
  kind: 'terms',
  field: 'f',
  show: 'plain',
  size: 5,
  shardSize: 5,
  order: byCount,
  minDocCount: 1,
} as const;
const histogram = { kind: 'histogram', field: 'f', show: 'plain', interval: 1, offset: 0, minDocCount: 1 } as const;

const tupleSources = [
  { name: 'a', by: 'terms', field: 'f', values: 'string', show: 'plain', descending: true, missing: 'last' },
  { name: 'b', by: 'histogram', field: 'g', interval: 1, offset: 0, descending: false },
] as const;
const byKey = [{ by: 'key', descending: true }] as const;
const termSources = [
  { field: 'f', values: 'string', show: 'plain' },
  { field: 'g', values: 'number', show: 'plain' },
] as const;

const requests: AggregationRequests = Object.fromEntries([
  ['metric', metric],
  [
    'tuples',
    { ...terms, kind: 'multi_terms', order: byKey, sources: termSources, aggregations: { inner: metric } } as const,
  ],
  ['pages', { kind: 'composite', sources: tupleSources, size: 3, aggregations: {} } as const],
  ['strings', { ...terms, values: 'string', aggregations: { inner: metric } } as const],
  [
    '__proto__',
    { ...histogram, aggregations: { constructor: { ...terms, values: 'number', aggregations: {} } } } as const,
  ],
]);

const count = fc.integer({ min: 0, max: 1000 });

const metrics: fc.Arbitrary<MetricPartial> = fc
  .array(fc.oneof(fc.integer({ min: -1000, max: 1000 }), fc.double({ noNaN: true, noDefaultInfinity: true })), {
    maxLength: 4,
  })
  .map((values) => ({
    kind: 'metric',
    count: values.length,
    sum: slowSum(values),
    min: values.length === 0 ? null : Math.min(...values),
    max: values.length === 0 ? null : Math.max(...values),
  }));

/** Buckets with distinct ascending keys. */
function bucketsOf<K extends string | number>(
  keys: readonly K[],
  nested: fc.Arbitrary<AggregationPartials>,
): fc.Arbitrary<BucketPartial[]> {
  return fc
    .tuple(
      fc.subarray([...keys]),
      fc.array(fc.tuple(count, nested), { minLength: keys.length, maxLength: keys.length }),
    )
    .map(([chosen, rest]) => chosen.map((key, i) => ({ key, count: rest[i]![0], aggregations: rest[i]![1] })));
}

const record = <T>(entries: readonly (readonly [string, T])[]): Record<string, T> => Object.fromEntries(entries);

// In code point order, in which UTF-16 order would swap the last two.
const strings = ['', 'a', 'b', '\ufffd', '\u{1f600}'];
const stringTerms = fc
  .tuple(
    bucketsOf(
      strings,
      metrics.map((inner) => ({ inner })),
    ),
    count,
    count,
  )
  .map(([buckets, cutCountMax, cutCountSum]) => ({ kind: 'terms', buckets, cutCountMax, cutCountSum }) as const);
const numberTerms = fc
  .tuple(
    bucketsOf(
      [-1, 0, 10, 9.5].sort((a, b) => a - b),
      fc.constant({}),
    ),
    count,
    count,
  )
  .map(([buckets, cutCountMax, cutCountSum]) => ({ kind: 'terms', buckets, cutCountMax, cutCountSum }) as const);
const histograms = bucketsOf(
  [-2, -1, 0, 7],
  numberTerms.map((inner) => record([['constructor', inner]])),
).map((buckets) => ({ kind: 'histogram', buckets }) as const);
// As strings ["a",10] comes before ["a",9].
const tupleKeys = ['["",0]', '["a",10]', '["a",9]', '["\ufffd",1]', '["\u{1f600}",1]'];
const tupleTerms = fc
  .tuple(
    bucketsOf(
      tupleKeys,
      metrics.map((inner) => ({ inner })),
    ),
    fc.option(fc.constantFrom(...tupleKeys), { nil: undefined }),
    fc.integer({ min: 1, max: 1000 }),
  )
  .map(([buckets, cutFrom, n]) => {
    const cut =
      cutFrom === undefined ? { cutCountMax: 0, cutCountSum: 0 } : { cutCountMax: n, cutCountSum: n, cutFrom };
    return { kind: 'terms', buckets, ...cut } as const;
  });
const pages = bucketsOf(['["a",-1]', '["a",2]', '[null,1]'], fc.constant({})).map(
  (buckets) => ({ kind: 'composite', buckets }) as const,
);
const partials: fc.Arbitrary<AggregationPartials> = fc
  .tuple(metrics, stringTerms, histograms, tupleTerms, pages)
  .map(([m, s, h, t, p]) =>
    record<AggregationPartials[string]>([
      ['metric', m],
      ['tuples', t],
      ['pages', p],
      ['strings', s],
      ['__proto__', h],
    ]),
  );

const json = (value: AggregationPartials): unknown => JSON.parse(JSON.stringify(value));
const merge = (...parts: AggregationPartials[]): AggregationPartials => mergeAggregations(requests, parts);
const options = { seed: 20_240_531, numRuns: roundsOf(300) };

test('mergeAggregations: commutative', () => {
  fc.assert(
    fc.property(partials, partials, (a, b) => assert.deepEqual(json(merge(a, b)), json(merge(b, a)))),
    options,
  );
});

test('mergeAggregations: associative, and the same at once', () => {
  const property = fc.property(partials, partials, partials, (a, b, c) => {
    const atOnce = json(merge(a, b, c));
    assert.deepEqual(json(merge(merge(a, b), c)), atOnce);
    assert.deepEqual(json(merge(a, merge(b, c))), atOnce);
  });
  fc.assert(property, options);
});

test('mergeAggregations: nothing is the neutral element', () => {
  const property = fc.property(partials, (a) => {
    assert.deepEqual(json(merge(a, emptyPartials(requests))), json(a));
    assert.deepEqual(json(merge(a)), json(a));
  });
  fc.assert(property, options);
});

test('mergeAggregations: counts add by key, and what a part cut away may be of those it does not have', () => {
  const part = (...counts: [string, number][]): AggregationPartials => ({
    t: {
      kind: 'terms',
      buckets: counts.map(([key, n]) => ({ key, count: n, aggregations: {} })),
      cutCountMax: 2,
      cutCountSum: 3,
    },
  });
  const merged = mergeAggregations({ t: { ...terms, values: 'string', aggregations: {} } }, [
    part(['a', 1], ['b', 2]),
    part(['b', 3], ['c', 4]),
  ]);
  assert.deepEqual(json(merged), {
    t: {
      kind: 'terms',
      buckets: [
        { key: 'a', count: 1, aggregations: {}, lacks: 2 },
        { key: 'b', count: 5, aggregations: {} },
        { key: 'c', count: 4, aggregations: {}, lacks: 2 },
      ],
      cutCountMax: 4,
      cutCountSum: 6,
    },
  });
});

test('mergeAggregations: a partial of another kind or none is a fault of the program', () => {
  assert.throws(
    () => mergeAggregations({ a: metric }, [{ a: { kind: 'histogram', buckets: [] } }]),
    /histogram partial/,
  );
  assert.throws(() => mergeAggregations({ constructor: metric }, [{}]), /lacks aggregation constructor/);
});
