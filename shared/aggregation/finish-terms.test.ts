import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AggregationPartial } from './definition.ts';
import { limits } from '../limits.ts';
import { Distribution } from './distribution.ts';
import { buckets, finish, terms } from './finish.fixture.ts';
import type { MetricPartial } from './metric.ts';
import { finishAggregations } from './result.ts';
import type { TermsRequest } from './terms.ts';
import { byCount, type TermsOrder } from './terms-order.ts';
import { wholeAnswer } from './whole-answer.fixture.ts';

const none: MetricPartial = { kind: 'metric', count: 0, sum: [], min: null, max: null };
const some: MetricPartial = { ...none, count: 1, min: 0, max: 0 };

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

test('finishAggregations: buckets in terms that are not listed are none of the answer', () => {
  const count = limits.bucketsMax + 1;
  const request: TermsRequest = {
    ...terms,
    order: [{ by: 'metric', path: ['f'], property: ['doc_count'], descending: true }],
    aggregations: { f: { kind: 'filter', query: { kind: 'all' }, aggregations: {} } },
  };
  const found = Array.from({ length: count }, (_, i) => ({
    key: `k${i}`,
    count: 1,
    aggregations: { f: { kind: 'single', count: i, aggregations: {} } as const },
  }));
  const partial: AggregationPartial = { kind: 'terms', buckets: found, cutCountMax: 0, cutCountSum: 0 };
  const { buckets: listed } = finish(request, partial) as { buckets: { key: string }[] };
  assert.deepEqual(
    listed.map(({ key }) => key),
    [`k${count - 1}`, `k${count - 2}`],
  );
  // Each that is listed is two buckets.
  assert.throws(() => finish({ ...request, size: limits.bucketsMax / 2 + 1 }, partial), {
    code: 'AGGREGATION_TOO_MANY_BUCKETS',
    detail: { limit: limits.bucketsMax, actual: limits.bucketsMax + 1 },
  });
});

test('finishAggregations: terms by a percentile, in an object or in a list', () => {
  const values = { a: [1, 2], b: [5, 9], c: [3, 3] };
  const found = Object.entries(values).map(([key, own]) => {
    const distribution = new Distribution();
    for (const value of own) distribution.add(value);
    return { key, count: 2, aggregations: { p: distribution.partial() } };
  });
  for (const [keyed, property] of [
    [true, ['values', '99.0']],
    [false, ['values', '1', 'value']],
  ] as const) {
    const request: TermsRequest = {
      ...terms,
      order: [{ by: 'metric', path: ['p'], property, descending: true }],
      aggregations: { p: { kind: 'percentiles', field: 'g', show: 'plain', percents: [50, 99], keyed } },
    };
    const result = finish(request, { kind: 'terms', buckets: found, cutCountMax: 0, cutCountSum: 0 });
    const { buckets: listed } = result as { buckets: { key: string }[] };
    assert.deepEqual(
      listed.map(({ key }) => key),
      ['b', 'c'],
    );
  }
});
