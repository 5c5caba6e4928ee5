import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SheafError } from '../errors.ts';
import { limits } from '../limits.ts';
import type { BucketPartial } from './buckets.ts';
import type { AggregationPartial, AggregationRequest } from './definition.ts';
import type { HistogramRequest } from './histogram.ts';
import { emptyPartials } from './merge.ts';
import { finishAggregations } from './result.ts';
import { wholeAnswer } from './whole-answer.fixture.ts';
import { slowSum } from './slow-sum.fixture.ts';
import type { TermsRequest } from './terms.ts';
import { byCount, type TermsOrder } from './terms-order.ts';

function finish(request: AggregationRequest, partial: AggregationPartial): unknown {
  return JSON.parse(JSON.stringify(finishAggregations({ x: request }, { x: partial }, wholeAnswer)['x']));
}

/** "a:3 b:1" as buckets; keys are numbers where they look so. */
function buckets(text: string): BucketPartial[] {
  return text
    .split(' ')
    .filter((word) => word !== '')
    .map((word) => {
      const [key = '', count] = word.split(':');
      return { key: Number.isNaN(Number(key)) ? key : Number(key), count: Number(count), aggregations: {} };
    });
}

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

const terms: TermsRequest = {
  kind: 'terms',
  field: 'f',
  values: 'string',
  show: 'plain',
  size: 2,
  shardSize: 10,
  order: byCount,
  minDocCount: 1,
  aggregations: {},
};

const upKeys: TermsOrder = [{ by: 'key', descending: false }];
const downKeys: TermsOrder = [{ by: 'key', descending: true }];

function by(property: string, descending: boolean): TermsOrder[number] {
  return { by: 'metric', path: ['m'], property: [property], descending };
}

// Each row: what differs in the request, the merged buckets, those listed, sum_other_doc_count.
const termRows: [name: string, request: Partial<TermsRequest>, merged: string, listed: string, other: number][] = [
  ['by count, then key', {}, 'a:1 b:3 c:3', 'b:3 c:3', 1],
  ['by key', { order: [{ by: 'key', descending: false }] }, 'a:1 b:3 c:2', 'a:1 b:3', 2],
  ['by key descending', { order: [{ by: 'key', descending: true }] }, 'a:1 b:3 c:2', 'c:2 b:3', 1],
  ['too few documents are not listed', { minDocCount: 3 }, 'a:1 b:3 c:2', 'b:3', 3],
  ['rarest first', { order: [{ by: 'count', descending: false }] }, 'a:1 b:3 c:1 d:2', 'a:1 c:1', 5],
  [
    'by count, and those that are equal by key descending',
    { order: [...byCount, ...downKeys] },
    'a:3 b:3',
    'b:3 a:3',
    0,
  ],
  ['nothing', {}, '', '', 0],
];
for (const [name, request, merged, listed, other] of termRows) {
  test(`finishAggregations: terms ${name}`, () => {
    const partial = { kind: 'terms', buckets: buckets(merged), cutCountMax: 7, cutCountSum: 20 } as const;
    const asked = { ...terms, ...request };
    assert.deepEqual(finish(asked, partial), {
      // The rarest of all may be among what was cut away.
      doc_count_error_upper_bound: asked.order[0]!.by === 'count' && !asked.order[0]!.descending ? null : 7,
      sum_other_doc_count: other + 20,
      buckets: buckets(listed).map(({ key, count }) => ({ key, doc_count: count })),
    });
  });
}

// Each row: the order, keys with the numbers they are compared by, those listed of all.
const metricRows: [order: TermsOrder, numbers: Readonly<Record<string, number | null>>, listed: string[]][] = [
  [[by('value', true)], { a: 1, b: 3, c: 2 }, ['b', 'c', 'a']],
  [[by('value', false)], { a: 1, b: 3, c: 2 }, ['a', 'c', 'b']],
  [[by('value', true)], { a: null, b: 3, c: 3, d: null }, ['b', 'c', 'a', 'd']],
  [[by('value', false)], { a: null, b: 3, c: -3 }, ['c', 'b', 'a']],
  [[by('value', false), ...downKeys], { a: 1, b: 1, c: 0 }, ['c', 'b', 'a']],
];
for (const [order, numbers, listed] of metricRows) {
  test(`finishAggregations: terms by a metric, ${JSON.stringify(order)} of ${JSON.stringify(numbers)}`, () => {
    const maxOf = (value: number | null): AggregationPartial => {
      return value === null ? none : { ...some, max: value };
    };
    const found = Object.entries(numbers).map(([key, value]) => ({ key, count: 1, aggregations: { m: maxOf(value) } }));
    const request: TermsRequest = {
      ...terms,
      size: 9,
      order,
      aggregations: { m: { kind: 'max', field: 'g', values: 'number' } },
    };
    const result = finish(request, { kind: 'terms', buckets: found, cutCountMax: 0, cutCountSum: 0 });
    const { buckets: shown } = result as { buckets: { key: string }[] };
    assert.deepEqual(
      shown.map(({ key }) => key),
      listed,
    );
  });
}

test('finishAggregations: sums beyond 2^53 are compared to the last digit', () => {
  const sumOf = (compensation: number): AggregationPartial => ({ ...some, sum: [2 ** 54, compensation] });
  const found = [1, 3, 2].map((more, i) => ({ key: `k${i}`, count: 1, aggregations: { m: sumOf(more) } }));
  const order = [by('value', true)];
  const request: TermsRequest = {
    ...terms,
    size: 9,
    order,
    aggregations: { m: { kind: 'sum', field: 'g', values: 'number' } },
  };
  const partial: AggregationPartial = { kind: 'terms', buckets: found, cutCountMax: 0, cutCountSum: 0 };
  const { x } = finishAggregations({ x: request }, { x: partial }, { ...wholeAnswer, isWhole: () => true });
  const { buckets: shown } = JSON.parse(JSON.stringify(x)) as { buckets: { key: string }[] };
  assert.deepEqual(
    shown.map(({ key }) => key),
    ['k1', 'k2', 'k0'],
  );
});

// Each row: the order, what is listed of a:5 b:3 c:1 with two more of each but a cut away from c on, the bound, the errors.
const errorRows: [order: TermsOrder, size: number, bound: number | null, errors: number[]][] = [
  [byCount, 3, 2, [0, 2, 2]],
  [upKeys, 2, 0, [0, 0]],
  [upKeys, 3, 2, [0, 0, 2]],
  [upKeys, 9, 2, [0, 0, 2]],
  [[{ by: 'count', descending: false }], 3, null, [2, 2, 0]],
];
for (const [order, size, bound, errors] of errorRows) {
  test(`finishAggregations: what counts may lack, ${JSON.stringify(order)}, ${size} listed`, () => {
    const found = buckets('a:5 b:3 c:1').map((bucket) => (bucket.key === 'a' ? bucket : { ...bucket, lacks: 2 }));
    const cutFrom = order[0]!.by === 'key' ? { cutFrom: 'c' } : {};
    const partial = { kind: 'terms', buckets: found, cutCountMax: 2, cutCountSum: 4, ...cutFrom } as const;
    const result = finish({ ...terms, order, size, showsError: true }, partial) as {
      doc_count_error_upper_bound: number | null;
      buckets: { doc_count_error_upper_bound: number }[];
    };
    assert.equal(result.doc_count_error_upper_bound, bound);
    assert.deepEqual(
      result.buckets.map((bucket) => bucket.doc_count_error_upper_bound),
      errors,
    );
  });
}

test('finishAggregations: what a bucket may lack, all that is within it may lack', () => {
  const inner = { ...terms, field: 'g', showsError: true };
  const nested = { kind: 'terms', buckets: buckets('x:1'), cutCountMax: 3, cutCountSum: 3 } as const;
  const distinct: AggregationPartial = { kind: 'cardinality', hashes: '' };
  const found = buckets('a:5 b:3').map((bucket) => ({
    ...bucket,
    aggregations: { y: nested, d: distinct },
    ...(bucket.key === 'b' ? { lacks: 4 } : {}),
  }));
  const d = { kind: 'cardinality', field: 'g', values: 'number', precisionThreshold: 10 } as const;
  const partial = { kind: 'terms', buckets: found, cutCountMax: 4, cutCountSum: 9 } as const;
  const shown = (bound: number) => [{ key: 'x', doc_count: 1, doc_count_error_upper_bound: bound - 3 }];
  assert.deepEqual(finish({ ...terms, aggregations: { y: inner, d } }, partial), {
    doc_count_error_upper_bound: 4,
    sum_other_doc_count: 9,
    buckets: [
      {
        key: 'a',
        doc_count: 5,
        y: { doc_count_error_upper_bound: 3, sum_other_doc_count: 3, buckets: shown(3) },
        d: { value: 0, error: 0 },
      },
      {
        key: 'b',
        doc_count: 3,
        y: { doc_count_error_upper_bound: 7, sum_other_doc_count: null, buckets: shown(7) },
        d: { value: 0, error: null },
      },
    ],
  });
});

test('finishAggregations: terms of a part of the shards are bounded by nothing, at every level', () => {
  const inner = { ...terms, field: 'g' };
  const found = { kind: 'terms', buckets: buckets('x:1'), cutCountMax: 0, cutCountSum: 0 } as const;
  const within = buckets('a:1').map((bucket) => ({ ...bucket, aggregations: { y: found } }));
  const requests = { x: { ...terms, aggregations: { y: inner } } };
  const partials = { x: { ...found, buckets: within } };
  const results = finishAggregations(requests, partials, { ...wholeAnswer, isComplete: false });
  const unknown = { doc_count_error_upper_bound: null, sum_other_doc_count: null };
  const y = { ...unknown, buckets: [{ key: 'x', doc_count: 1 }] };
  assert.deepEqual(JSON.parse(JSON.stringify(results)), {
    x: { ...unknown, buckets: [{ key: 'a', doc_count: 1, y }] },
  });
});

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
