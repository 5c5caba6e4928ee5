import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SheafError } from '../errors.ts';
import { limits } from '../limits.ts';
import type { BucketPartial } from './buckets.ts';
import type { DateHistogramRequest } from './date-histogram.ts';
import type { AggregationRequest } from './definition.ts';
import type { HistogramRequest } from './histogram.ts';
import { javaDouble } from './java-double.ts';
import { mergeAggregations } from './merge.ts';
import { finishAggregations } from './result.ts';
import { wholeAnswer } from './whole-answer.fixture.ts';

const request: DateHistogramRequest = {
  kind: 'date_histogram',
  field: 'f',
  interval: { kind: 'calendar', unit: 'month' },
  timeZone: 'Europe/Paris',
  offset: 0,
  format: "yyyy-MM-dd'T'HH",
  minDocCount: 0,
  aggregations: {},
};

/** `2024-01-01T00Z:3` as buckets: when each begins, and its count. */
function bucketsOf(text: string): BucketPartial[] {
  return text
    .split(' ')
    .filter((word) => word !== '')
    .map((word) => {
      const [begin = '', count] = word.split('Z:');
      return { key: Date.parse(`${begin}:00Z`), count: Number(count), aggregations: {} };
    });
}

function finish(asked: AggregationRequest, buckets: readonly BucketPartial[]): unknown {
  const finished = finishAggregations({ x: asked }, { x: { kind: 'histogram', buckets } }, wholeAnswer)['x'];
  return JSON.parse(JSON.stringify(finished)).buckets;
}

/** `name:count` of buckets as callers see them. */
function shown(asked: AggregationRequest, buckets: readonly BucketPartial[]): string {
  const found = finish(asked, buckets) as Record<string, { key: number; key_as_string?: string; doc_count: number }>;
  return Object.values(found)
    .map(({ key, key_as_string: text, doc_count: count }) => `${text ?? key}:${count}`)
    .join(' ');
}

const at = (text: string): number => Date.parse(text);
const day = { interval: { kind: 'calendar', unit: 'day' } } as const;
const hour = { interval: { kind: 'calendar', unit: 'hour' } } as const;
const inSamoa = { ...day, timeZone: 'Pacific/Apia' } as const;

// Each row: what differs in the request, the merged buckets, what is listed.
const rows: [name: string, changes: Partial<DateHistogramRequest>, merged: string, listed: string][] = [
  [
    'months are filled',
    {},
    '2023-12-31T23Z:2 2024-03-31T22Z:1',
    '2024-01-01T00:2 2024-02-01T00:0 2024-03-01T00:0 2024-04-01T00:1',
  ],
  ['nothing of no documents', {}, '', ''],
  ['few documents are left out', { minDocCount: 2 }, '2023-12-31T23Z:2 2024-03-31T22Z:1', '2024-01-01T00:2'],
  ['a day that is left out is no gap', inSamoa, '2011-12-29T10Z:1 2011-12-30T10Z:1', '2011-12-29T00:1 2011-12-31T00:1'],
  [
    'hours that come twice are filled twice',
    hour,
    '2024-10-26T23Z:1 2024-10-27T02Z:1',
    '2024-10-27T01:1 2024-10-27T02:0 2024-10-27T02:0 2024-10-27T03:1',
  ],
  ['an hour that is left out is no gap', hour, '2024-03-31T00Z:1 2024-03-31T01Z:1', '2024-03-31T01:1 2024-03-31T03:1'],
  [
    'by count',
    { order: { by: 'count', descending: true } },
    '2023-12-31T23Z:1 2024-01-31T23Z:2 2024-02-29T23Z:2',
    '2024-02-01T00:2 2024-03-01T00:2 2024-01-01T00:1',
  ],
  [
    'by count, the fewest first',
    { order: { by: 'count', descending: false } },
    '2023-12-31T23Z:1 2024-01-31T23Z:2 2024-02-29T23Z:1',
    '2024-01-01T00:1 2024-03-01T00:1 2024-02-01T00:2',
  ],
  [
    'by key descending',
    { order: { by: 'key', descending: true } },
    '2023-12-31T23Z:1 2024-01-31T23Z:2',
    '2024-02-01T00:2 2024-01-01T00:1',
  ],
  [
    'up to the extended bounds',
    { extendedBounds: { min: at('2024-01-15'), max: at('2024-03-15') } },
    '2024-01-31T23Z:1',
    '2024-01-01T00:0 2024-02-01T00:1 2024-03-01T00:0',
  ],
  [
    'not within the extended bounds',
    { extendedBounds: { min: at('2024-02-15'), max: at('2024-02-16') } },
    '2023-12-31T23Z:2 2024-02-29T23Z:1',
    '2024-01-01T00:2 2024-02-01T00:0 2024-03-01T00:1',
  ],
  [
    'extended bounds of no documents',
    { extendedBounds: { min: at('2024-01-15'), max: at('2024-02-15') } },
    '',
    '2024-01-01T00:0 2024-02-01T00:0',
  ],
  ['one bound of no documents', { extendedBounds: { min: at('2024-01-15') } }, '', ''],
  [
    'no gaps are filled for bounds alone',
    { minDocCount: 1, extendedBounds: { min: at('2023-01-15') } },
    '2023-12-31T23Z:2',
    '2024-01-01T00:2',
  ],
  [
    'an offset moves what is filled',
    { offset: 6 * 3_600_000, extendedBounds: { max: at('2024-02-15') } },
    '2024-01-01T05Z:1',
    '2024-01-01T06:1 2024-02-01T06:0',
  ],
  // As of a leaf with another database of zones.
  [
    'what begins elsewhere is kept',
    {},
    '2023-12-31T23Z:2 2024-01-31T22Z:1 2024-02-29T23Z:1 2024-03-31T21Z:1',
    '2024-01-01T00:2 2024-01-31T23:1 2024-02-01T00:0 2024-03-01T00:1 2024-03-31T23:1',
  ],
];
for (const [name, changes, merged, listed] of rows) {
  test(`date_histogram: ${name}`, () => assert.equal(shown({ ...request, ...changes }, bucketsOf(merged)), listed));
}

test('date_histogram: keys are instants, and ISO 8601 by the clocks of the zone', () => {
  const { format: _, ...plain } = request;
  assert.deepEqual(finish(plain, bucketsOf('2024-03-31T22Z:3')), [
    { key: Date.UTC(2024, 2, 31, 22), key_as_string: '2024-04-01T00:00:00.000+02:00', doc_count: 3 },
  ]);
});

test('date_histogram: keyed buckets stand under their names, which must differ', () => {
  const keyed = { ...request, ...hour, keyed: true, minDocCount: 1 };
  assert.deepEqual(finish(keyed, bucketsOf('2024-03-31T22Z:3')), {
    '2024-04-01T00': { key: Date.UTC(2024, 2, 31, 22), key_as_string: '2024-04-01T00', doc_count: 3 },
  });
  const twice = bucketsOf('2024-10-27T00Z:1 2024-10-27T01Z:1');
  assert.throws(() => finish(keyed, twice), { code: 'REQUEST_VALUE_INVALID' });
});

test('date_histogram: gaps are filled up to the limit, and refused before', () => {
  const seconds = { ...request, interval: { kind: 'fixed', ms: 1000 } } as const;
  const fill = (count: number): unknown =>
    finish(
      seconds,
      [0, count - 1].map((i) => ({ key: i * 1000, count: 1, aggregations: {} })),
    );
  assert.equal((fill(limits.bucketsMax) as unknown[]).length, limits.bucketsMax);
  assert.throws(
    () => fill(limits.bucketsMax + 1),
    (error) => error instanceof SheafError && error.code === 'AGGREGATION_TOO_MANY_BUCKETS',
  );
  assert.throws(() => fill(1e12), { code: 'AGGREGATION_TOO_MANY_BUCKETS' });
});

test('date_histogram: parts merge to the same bytes in any order and grouping', () => {
  const parts = ['2023-12-31T23Z:1 2024-02-29T23Z:2', '2024-01-31T23Z:4', '2023-12-31T23Z:8', ''].map((text) => ({
    x: { kind: 'histogram', buckets: bucketsOf(text) } as const,
  }));
  const merge = (...some: (typeof parts)[number][]) =>
    mergeAggregations({ x: request }, some) as (typeof parts)[number];
  const [a, b, c, d] = parts as [(typeof parts)[0], (typeof parts)[0], (typeof parts)[0], (typeof parts)[0]];
  const bytes = JSON.stringify(merge(a, b, c, d));
  assert.equal(
    bytes,
    JSON.stringify({
      x: { kind: 'histogram', buckets: bucketsOf('2023-12-31T23Z:9 2024-01-31T23Z:4 2024-02-29T23Z:2') },
    }),
  );
  for (const other of [
    merge(d, c, b, a),
    merge(merge(a, b), merge(c, d)),
    merge(a, merge(merge(b, c), d)),
    merge(merge(), a, b, c),
  ]) {
    assert.equal(JSON.stringify(other), bytes);
  }
});

const numbers: HistogramRequest = {
  kind: 'histogram',
  field: 'f',
  show: 'plain',
  interval: 0.5,
  offset: 0.25,
  minDocCount: 0,
  aggregations: {},
};
const two: BucketPartial[] = [
  { key: 0, count: 2, aggregations: {} },
  { key: 2, count: 1, aggregations: {} },
];

// Each row: what differs in the request, what is listed of the buckets 0 with two documents and 2 with one.
const numberRows: [name: string, changes: Partial<HistogramRequest>, listed: string][] = [
  [
    'up to extended bounds',
    { extendedBounds: { min: -0.3, max: 1.75 } },
    '-0.75:0 -0.25:0 0.25:2 0.75:0 1.25:1 1.75:0',
  ],
  ['by key descending', { order: { by: 'key', descending: true } }, '1.25:1 0.75:0 0.25:2'],
  ['by count', { order: { by: 'count', descending: false }, minDocCount: 1 }, '1.25:1 0.25:2'],
];
for (const [name, changes, listed] of numberRows) {
  test(`histogram: ${name}`, () => assert.equal(shown({ ...numbers, ...changes }, two), listed));
}

test('histogram: keyed buckets, and bounds of no documents', () => {
  assert.deepEqual(finish({ ...numbers, offset: 0, keyed: true, minDocCount: 1 }, two), {
    '0.0': { key: 0, doc_count: 2 },
    '1.0': { key: 1, doc_count: 1 },
  });
  assert.equal(shown({ ...numbers, extendedBounds: { min: 0, max: 0.5 } }, []), '-0.25:0 0.25:0');
  assert.equal(shown({ ...numbers, extendedBounds: { min: 0 } }, []), '');
  assert.throws(() => shown({ ...numbers, extendedBounds: { min: 0, max: 1e9 } }, []), {
    code: 'AGGREGATION_TOO_MANY_BUCKETS',
  });
});

// Each row: a number, how Java writes the double.
const names: [value: number, name: string][] = [
  [0, '0.0'],
  [50, '50.0'],
  [-2.5, '-2.5'],
  [9_999_999, '9999999.0'],
  [1e7, '1.0E7'],
  [12_345_678.5, '1.23456785E7'],
  [0.001, '0.001'],
  [0.00025, '2.5E-4'],
  [-1e300, '-1.0E300'],
];
for (const [value, name] of names) test(`javaDouble: ${name}`, () => assert.equal(javaDouble(value), name));
