import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SheafError } from '../errors.ts';
import { limits } from '../limits.ts';
import type { AggregationPartial, AggregationRequest } from './definition.ts';
import type { HistogramRequest } from './histogram.ts';
import { emptyPartials } from './merge.ts';
import { buckets, finish, terms } from './finish.fixture.ts';
import { finishAggregations } from './result.ts';
import { wholeAnswer } from './whole-answer.fixture.ts';
import { slowSum } from './slow-sum.fixture.ts';
import type { TermsRequest } from './terms.ts';

const kinds = ['min', 'max', 'sum', 'avg', 'value_count', 'stats'] as const;
const some: AggregationPartial = { kind: 'metric', count: 4, sum: [10.5], min: 1, max: 5 };
const none: AggregationPartial = { kind: 'metric', count: 0, sum: [], min: null, max: null };

test('finishAggregations: metrics', () => {
  const results = (partial: AggregationPartial): unknown[] =>
    kinds.map((kind) => finish({ kind, field: 'f', values: 'number' }, partial));
  const values = (...list: (number | null)[]): unknown[] => list.map((value) => ({ value }));
  assert.deepEqual(results(some), [
    ...values(1, 5, 10.5, 2.625, 4),
    { count: 4, min: 1, max: 5, avg: 2.625, sum: 10.5 },
  ]);
  assert.deepEqual(results(none), [
    ...values(null, null, 0, null, 0),
    { count: 0, min: null, max: null, avg: null, sum: 0 },
  ]);
});

const two53 = 9_007_199_254_740_992;

// Each row: a sum of whole numbers, how it is told, and the mean of 3 of them.
const wholeSums: [sum: number[], shown: number | string, mean: number][] = [
  [[12], 12, 4],
  [[two53 - 1], two53 - 1, 3002399751580330.5],
  [[two53], '9007199254740992', 3002399751580330.5],
  [[two53, 1], '9007199254740993', 3002399751580331],
  [[2 * two53, -1], '18014398509481983', 6004799503160661],
  [[-2 * two53, 1], '-18014398509481983', -6004799503160661],
];
for (const [sum, shown, mean] of wholeSums) {
  test(`finishAggregations: a sum of whole numbers is ${shown}, to the last digit`, () => {
    const partial: AggregationPartial = { kind: 'metric', count: 3, sum, min: -two53, max: two53 };
    const results = (bigInts: 'string' | 'error'): unknown =>
      (['sum', 'avg', 'stats'] as const).map((kind) => {
        const requests = { x: { kind, field: 'f', values: 'number' } } as const;
        return finishAggregations(requests, { x: partial }, { ...wholeAnswer, isWhole: () => true, bigInts })['x'];
      });
    const stats = { count: 3, min: -two53, max: two53, avg: mean, sum: shown };
    assert.deepEqual(results('string'), [{ value: shown }, { value: mean }, stats]);
    if (typeof shown === 'number') assert.deepEqual(results('error'), results('string'));
    else assert.throws(() => results('error'), { code: 'SUM_TOO_LARGE' });
  });
}

// Each row: how keys are shown, a key, what stands beside it.
const shownRows: [show: TermsRequest['show'], key: string, shown: string | undefined][] = [
  ['boolean', '0', 'false'],
  ['boolean', '1', 'true'],
  ['date', '86400000', '1970-01-02T00:00:00.000Z'],
  ['date', '-8640000000000001', undefined],
  ['plain', '1', undefined],
];
for (const [show, key, shown] of shownRows) {
  test(`finishAggregations: key ${key} shown as ${show}`, () => {
    const partial = { kind: 'terms', buckets: buckets(`${key}:1`), cutCountMax: 0, cutCountSum: 0 } as const;
    const { buckets: results } = finish({ ...terms, values: 'number', show }, partial) as { buckets: unknown[] };
    assert.deepEqual(results, [
      { key: Number(key), ...(shown === undefined ? {} : { key_as_string: shown }), doc_count: 1 },
    ]);
  });
}

const histogram: HistogramRequest = {
  kind: 'histogram',
  field: 'f',
  show: 'plain',
  interval: 2,
  offset: 1,
  minDocCount: 0,
  aggregations: {},
};

// Each row: what differs in the request, merged buckets by index, those listed by border.
const histogramRows: [name: string, request: Partial<HistogramRequest>, merged: string, listed: string][] = [
  ['gaps are filled', {}, '-2:1 1:2 2:1', '-3:1 -1:0 1:0 3:2 5:1'],
  ['gaps of a fraction', { interval: 0.1, offset: 0 }, '1:1 4:1', '0.1:1 0.2:0 0.3:0 0.4:1'],
  ['gaps are left', { minDocCount: 1 }, '-2:1 1:2', '-3:1 3:2'],
  ['too few documents', { minDocCount: 2 }, '-2:1 1:2', '3:2'],
  [
    'far out',
    { interval: 1, offset: 0 },
    '9007199254740989:1 9007199254740991:2',
    '9007199254740989:1 9007199254740990:0 9007199254740991:2',
  ],
  ['nothing', {}, '', ''],
];
for (const [name, request, merged, listed] of histogramRows) {
  test(`finishAggregations: histogram, ${name}`, () => {
    const result = finish({ ...histogram, ...request }, { kind: 'histogram', buckets: buckets(merged) });
    assert.deepEqual(result, { buckets: buckets(listed).map(({ key, count }) => ({ key, doc_count: count })) });
  });
}

test('finishAggregations: empty buckets hold the results of no documents', () => {
  const aggregations = { n: { kind: 'sum', field: 'g', values: 'number' } } as const;
  const nested = { n: { ...some } };
  const merged = [0, 2].map((key) => ({ key, count: 1, aggregations: nested }));
  assert.deepEqual(finish({ ...histogram, aggregations }, { kind: 'histogram', buckets: merged }), {
    buckets: [
      { key: 1, doc_count: 1, n: { value: 10.5 } },
      { key: 3, doc_count: 0, n: { value: 0 } },
      { key: 5, doc_count: 1, n: { value: 10.5 } },
    ],
  });
});

test('finishAggregations: names such as __proto__ are data', () => {
  const inner = Object.fromEntries([['__proto__', { kind: 'sum', field: 'g', values: 'number' } as const]]);
  const requests = Object.fromEntries([['__proto__', { ...terms, aggregations: inner }]]);
  const partial = emptyPartials(inner);
  const partials = Object.fromEntries([
    [
      '__proto__',
      {
        kind: 'terms',
        buckets: [{ key: 'a', count: 1, aggregations: partial }],
        cutCountMax: 0,
        cutCountSum: 0,
      } as const,
    ],
  ]);
  const text = JSON.stringify(finishAggregations(requests, partials, wholeAnswer));
  assert.equal(
    text,
    '{"__proto__":{"doc_count_error_upper_bound":0,"sum_other_doc_count":0,"buckets":[{"key":"a","doc_count":1,"__proto__":{"value":0}}]}}',
  );
});

const tooMany: [name: string, request: AggregationRequest, partial: AggregationPartial][] = [
  ['gaps', { ...histogram, interval: 1 }, { kind: 'histogram', buckets: buckets(`0:1 ${limits.bucketsMax}:1`) }],
  ['gaps beyond memory', histogram, { kind: 'histogram', buckets: buckets('0:1 9007199254740991:1') }],
  [
    'gaps from end to end',
    histogram,
    { kind: 'histogram', buckets: buckets('-9007199254740991:1 9007199254740991:1') },
  ],
  [
    'buckets of all levels',
    { ...terms, size: 1000, aggregations: { h: { ...histogram, minDocCount: 1 } } },
    {
      kind: 'terms',
      cutCountMax: 0,
      cutCountSum: 0,
      buckets: Array.from({ length: 1000 }, (_, key) => ({
        key,
        count: 1,
        aggregations: {
          h: {
            kind: 'histogram',
            buckets: Array.from({ length: 65 }, (__, i) => ({ key: i, count: 1, aggregations: {} })),
          },
        },
      })),
    },
  ],
];
for (const [name, request, partial] of tooMany) {
  test(`finishAggregations: refuses too many buckets: ${name}`, () => {
    assert.throws(
      () => finish(request, partial),
      (error) =>
        error instanceof SheafError &&
        error.code === 'AGGREGATION_TOO_MANY_BUCKETS' &&
        error.detail['limit'] === limits.bucketsMax &&
        Number(error.detail['actual']) > limits.bucketsMax,
    );
  });
}

const refusedBorders: [name: string, request: Partial<HistogramRequest>, merged: string, expected: string][] = [
  ['below the least number', { interval: 1e308, offset: 0 }, '-2:1', 'a smaller interval'],
  ['that round to one', { interval: 1.5, offset: 0.2 }, '9007199254740990:1 9007199254740991:1', 'a larger interval'],
];
for (const minDocCount of [0, 1]) {
  for (const [name, request, merged, expected] of refusedBorders) {
    test(`finishAggregations: refuses borders ${name}, min_doc_count ${minDocCount}`, () => {
      assert.throws(
        () => finish({ ...histogram, ...request, minDocCount }, { kind: 'histogram', buckets: buckets(merged) }),
        (error) =>
          error instanceof SheafError &&
          error.code === 'REQUEST_VALUE_INVALID' &&
          error.detail['expected'] === expected &&
          error.detail['interval'] === request.interval,
      );
    });
  }
}

// Each row: extreme values, their mean.
const means: [values: number[], mean: number][] = [
  [[1.7e308, 1.7e308], 1.7e308],
  [[-1.7e308, -1.7e308], -1.7e308],
  [[1.7e308, -1.7e308], 0],
  [[1.7e308, 1.7e308, 1e308], 1.4666666666666666e308],
];
for (const [values, mean] of means) {
  test(`finishAggregations: the mean of ${values.join(' and ')} lies between them`, () => {
    const bounds = { min: Math.min(...values), max: Math.max(...values) };
    const partial = { kind: 'metric', count: values.length, sum: slowSum(values), ...bounds } as const;
    assert.deepEqual(finish({ kind: 'avg', field: 'f', values: 'number' }, partial), { value: mean });
  });
}

test('finishAggregations: a thousand percentiles in each of many empty buckets are more than an answer may have', () => {
  const percents = Array.from({ length: 1000 }, (_, i) => i / 10);
  const p = { kind: 'percentiles', field: 'f', show: 'plain', percents, keyed: true } as const;
  const wide: HistogramRequest = {
    kind: 'histogram',
    field: 'f',
    show: 'plain',
    interval: 1,
    offset: 0,
    minDocCount: 0,
    extendedBounds: { min: 0, max: 60_000 },
    aggregations: { p },
  };
  assert.throws(() => finish(wide, { kind: 'histogram', buckets: [] }), { code: 'AGGREGATION_TOO_LARGE' });
});
