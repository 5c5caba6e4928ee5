import assert from 'node:assert/strict';
import { test } from 'node:test';
import { keyedBuckets } from '../../shared/aggregation/keyed-buckets.ts';
import { finishAggregations } from '../../shared/aggregation/result.ts';
import { allAtOnce } from '../../shared/aggregation/steps.ts';
import { SheafError } from '../../shared/errors.ts';
import { limits } from '../../shared/limits.ts';
import { parseSearchBody } from '../query/parse-search-body.ts';
import { assertFault, testSchema } from '../query/test-schema.ts';
import { pipelineKinds } from './table.ts';

const read = (aggs: object) => parseSearchBody({ aggs }, testSchema, { timeoutMsMax: 1 });

/** Results as a leaf's answer would give them, and what the pipelines of the aggregations make of them. */
function run(aggs: object, results: Record<string, unknown>, isComplete = true): Record<string, unknown> {
  const { pipelines } = read(aggs);
  if (pipelines !== undefined) allAtOnce(pipelines.run(results, { isComplete }));
  return JSON.parse(JSON.stringify(results)) as Record<string, unknown>;
}

const sum = { sum: { field: 'year' } };
const max = { max: { field: 'year' } };
const histogramOf = (aggs: object, field = 'year') => ({ h: { histogram: { field, interval: 10 }, aggs } });

/** Buckets 0, 10, 20 and so on, with a sum each; of null without documents, and so without a greatest either. */
const bucketsOf = (...sums: (number | null)[]): Record<string, unknown>[] =>
  sums.map((value, i) => ({
    key: 10 * i,
    doc_count: value === null ? 0 : 1,
    s: { value: value ?? 0 },
    m: { value },
  }));

/** What a pipeline `p` beside a sum and a greatest value gives in each of the buckets; undefined where it gives nothing. */
function inBuckets(pipeline: object, sums: readonly (number | null)[], isComplete = true): unknown[] {
  const results = run(histogramOf({ s: sum, m: max, p: pipeline }), { h: { buckets: bucketsOf(...sums) } }, isComplete);
  return (results['h'] as { buckets: { p?: unknown }[] }).buckets.map(({ p }) => p);
}

const values = (...all: (number | null | undefined)[]): unknown[] =>
  all.map((value) => (value === undefined ? undefined : { value }));

const none = undefined;

// Each row: a pipeline, the sums in the buckets around it, what it gives in each.
const rows: [pipeline: object, sums: (number | null)[], expected: unknown[]][] = [
  [{ derivative: { buckets_path: 's' } }, [1, 4, 2], values(none, 3, -2)],
  [{ derivative: { buckets_path: 's' } }, [], []],
  [{ derivative: { buckets_path: 's' } }, [7], values(none)],
  [{ derivative: { buckets_path: 's' } }, [1, null, 2], values(none, null, null)],
  [{ derivative: { buckets_path: 's', gap_policy: 'insert_zeros' } }, [1, null, 2], values(none, -1, 2)],
  [{ derivative: { buckets_path: 'm', gap_policy: 'keep_values' } }, [1, null, 2], values(none, null, null)],
  [{ derivative: { buckets_path: 's', gap_policy: 'keep_values' } }, [1, null, 2], values(none, -1, 2)],
  [{ derivative: { buckets_path: '_count' } }, [1, null, 2], values(none, -1, 1)],
  [{ derivative: { buckets_path: '_key' } }, [1, 2, 3], values(none, 10, 10)],
  [{ cumulative_sum: { buckets_path: 's' } }, [1, null, 2], values(1, 1, 3)],
  [{ cumulative_sum: { buckets_path: '_count' } }, [5, null, 7], values(1, 1, 2)],
  [
    { moving_fn: { buckets_path: 's', window: 2, script: 'MovingFunctions.sum(values)' } },
    [1, 2, 4, 8],
    values(0, 1, 3, 6),
  ],
  [
    { moving_fn: { buckets_path: 's', window: 2, shift: 1, script: 'MovingFunctions.sum(values)' } },
    [1, 2, 4, 8],
    values(1, 3, 6, 12),
  ],
  [
    { moving_fn: { buckets_path: 's', window: 3, shift: 3, script: 'MovingFunctions.max(values)' } },
    [1, 2, 4, 8],
    values(4, 8, 8, 8),
  ],
  [
    { moving_fn: { buckets_path: 's', window: 1, shift: 3, script: 'MovingFunctions.max(values)' } },
    [1, 2, 4, 8],
    values(4, 8, null, null),
  ],
  [
    { moving_fn: { buckets_path: 's', window: 2, shift: -1, script: 'MovingFunctions.unweightedAvg(values)' } },
    [1, 2, 4, 8],
    values(null, null, 1, 1.5),
  ],
  // A gap is passed over, and no place in a window.
  [
    { moving_fn: { buckets_path: 's', window: 2, script: 'MovingFunctions.sum(values)' } },
    [1, null, 2, 4],
    values(0, none, 1, 3),
  ],
  [
    {
      moving_fn: {
        buckets_path: 's',
        window: 5,
        script: { source: 'MovingFunctions.ewma(values, params.alpha)', lang: 'painless', params: { alpha: 0.5 } },
      },
    },
    [2, 4, 0],
    values(null, 2, 3),
  ],
  [{ bucket_script: { buckets_path: { a: 's', n: '_count' }, script: 'params.a / params.n' } }, [3, 4], values(3, 4)],
  [{ bucket_script: { buckets_path: { a: 's' }, script: 'params.a * 2' } }, [3, null], values(6, none)],
  [
    { bucket_script: { buckets_path: { a: 's' }, script: 'params.a + 1', gap_policy: 'insert_zeros' } },
    [3, null],
    values(4, 1),
  ],
  [
    { bucket_script: { buckets_path: { a: 'm' }, script: 'params.a + 1', gap_policy: 'keep_values' } },
    [3, null],
    values(4, none),
  ],
  [{ bucket_script: { buckets_path: { a: 's' }, script: '1 / (params.a - 3)' } }, [3, 5], values(null, 0.5)],
  [{ bucket_script: { buckets_path: 's', script: '_value % 2' } }, [3, 4], values(1, 0)],
  [{ bucket_script: { buckets_path: ['s', '_key'], script: '_value0 + params._value1' } }, [3, 4], values(3, 14)],
  [
    {
      bucket_script: {
        buckets_path: { a: 's' },
        script: { source: "a > params['the limit']", lang: 'expression', params: { 'the limit': 3 } },
      },
    },
    [3, 4],
    values(0, 1),
  ],
];
for (const [pipeline, sums, expected] of rows) {
  test(`pipelines: ${JSON.stringify(pipeline)} of ${JSON.stringify(sums)}`, () =>
    assert.deepEqual(inBuckets(pipeline, sums), expected));
}

const dayMs = 86_400_000;

test('derivative: with a unit it says the change in each, too', () => {
  const unit = (name: string): unknown => {
    const aggs = histogramOf({ s: sum, p: { derivative: { buckets_path: 's', unit: name } } }, 'seen');
    const buckets = [0, 10 * dayMs].map((key, i) => ({ key, doc_count: 1, s: { value: 20 * i } }));
    return (run(aggs, { h: { buckets } })['h'] as { buckets: { p?: unknown }[] }).buckets[1]!.p;
  };
  assert.deepEqual(unit('day'), { value: 20, normalized_value: 2 });
  assert.deepEqual(unit('1d'), { value: 20, normalized_value: 2 });
  assert.deepEqual(unit('1w'), { value: 20, normalized_value: 14 });
  assert.deepEqual(unit('year'), { value: 20, normalized_value: 730.485 });
});

/** The keys that are left, in their order. */
function keysLeft(pipelines: object, sums: readonly (number | null)[]): unknown[] {
  const results = run(histogramOf({ s: sum, m: max, ...pipelines }), { h: { buckets: bucketsOf(...sums) } });
  return (results['h'] as { buckets: { key: unknown }[] }).buckets.map(({ key }) => key);
}

// Each row: pipelines that choose, the sums in the buckets 0, 10, 20 and so on, the keys that are left in their order.
const choices: [pipelines: object, sums: (number | null)[], keys: number[]][] = [
  [{ p: { bucket_selector: { buckets_path: { a: 's' }, script: 'params.a > 2' } } }, [1, 3, 2, 4], [10, 30]],
  [{ p: { bucket_selector: { buckets_path: { a: 's' }, script: 'params.a < 2' } } }, [1, null, 3], [0]],
  [
    { p: { bucket_selector: { buckets_path: { a: 's' }, script: 'params.a < 2', gap_policy: 'insert_zeros' } } },
    [1, null, 3],
    [0, 10],
  ],
  [{ p: { bucket_selector: { buckets_path: { n: '_count' }, script: 'params.n == 0' } } }, [1, null, 3], [10]],
  [{ p: { bucket_sort: { sort: [{ s: { order: 'desc' } }] } } }, [1, 3, 2, 4], [30, 10, 20, 0]],
  [{ p: { bucket_sort: { sort: 's' } } }, [1, 3, 1, 0], [30, 0, 20, 10]],
  [{ p: { bucket_sort: { sort: [{ s: 'asc' }, { _key: 'desc' }] } } }, [1, 3, 1, 0], [30, 20, 0, 10]],
  [{ p: { bucket_sort: { sort: ['s'], from: 1, size: 2 } } }, [4, 3, 2, 1], [20, 10]],
  [{ p: { bucket_sort: { size: 2 } } }, [4, 3, 2, 1], [0, 10]],
  [{ p: { bucket_sort: { from: 3 } } }, [4, 3, 2, 1], [30]],
  [{ p: { bucket_sort: { from: 9 } } }, [4, 3], []],
  // Without any of the numbers a bucket is left out, without one of them it is the last.
  [{ p: { bucket_sort: { sort: ['s'] } } }, [4, null, 2], [20, 0]],
  [{ p: { bucket_sort: { sort: [{ m: 'desc' }, '_count'] } } }, [null, 4, null, 7], [30, 10, 0, 20]],
  [{ p: { bucket_sort: { sort: ['s'], gap_policy: 'insert_zeros' } } }, [4, null, 2], [10, 20, 0]],
  // Whatever is written first, what cuts comes last.
  [
    {
      page: { bucket_sort: { sort: [{ d: 'desc' }], size: 2 } },
      some: { bucket_selector: { buckets_path: { d: 'd' }, script: 'params.d != 5' } },
      d: { derivative: { buckets_path: 's' } },
    },
    [1, 6, 2, 9, 10],
    [30, 40],
  ],
];
for (const [pipelines, sums, keys] of choices) {
  test(`pipelines: ${JSON.stringify(pipelines)} leave of ${JSON.stringify(sums)} the buckets ${keys.join(' ')}`, () =>
    assert.deepEqual(keysLeft(pipelines, sums), keys));
}

// Each row: a pipeline beside a histogram, the sums in its buckets, the result.
const beside: [pipeline: object, sums: (number | null)[], expected: object][] = [
  [{ avg_bucket: { buckets_path: 'h>s' } }, [1, 2, 6], { value: 3 }],
  [{ avg_bucket: { buckets_path: 'h>s' } }, [1, null, 6], { value: 3.5 }],
  [{ avg_bucket: { buckets_path: 'h>s', gap_policy: 'insert_zeros' } }, [1, null, 5], { value: 2 }],
  [{ avg_bucket: { buckets_path: 'h>s' } }, [], { value: null }],
  [{ avg_bucket: { buckets_path: 'h>_count' } }, [5, null], { value: 0.5 }],
  [{ sum_bucket: { buckets_path: 'h>s' } }, [1, 2, 6], { value: 9 }],
  [{ sum_bucket: { buckets_path: 'h>s' } }, [], { value: 0 }],
  [{ min_bucket: { buckets_path: 'h>s' } }, [3, 1, 2, 1], { value: 1, keys: ['10', '30'] }],
  [{ max_bucket: { buckets_path: 'h>m' } }, [3, null, 2], { value: 3, keys: ['0'] }],
  [{ max_bucket: { buckets_path: 'h>s' } }, [], { value: null, keys: [] }],
  [{ stats_bucket: { buckets_path: 'h>s' } }, [1, 2, 6], { count: 3, min: 1, max: 6, avg: 3, sum: 9 }],
  [{ stats_bucket: { buckets_path: 'h>s' } }, [], { count: 0, min: null, max: null, avg: null, sum: 0 }],
  [
    { extended_stats_bucket: { buckets_path: 'h>s', sigma: 1 } },
    [1, 3],
    {
      count: 2,
      min: 1,
      max: 3,
      avg: 2,
      sum: 4,
      sum_of_squares: 10,
      variance: 1,
      variance_population: 1,
      variance_sampling: 2,
      std_deviation: 1,
      std_deviation_population: 1,
      std_deviation_sampling: Math.SQRT2,
      std_deviation_bounds: {
        upper: 3,
        lower: 1,
        upper_population: 3,
        lower_population: 1,
        upper_sampling: 2 + Math.SQRT2,
        lower_sampling: 2 - Math.SQRT2,
      },
    },
  ],
  [
    { percentiles_bucket: { buckets_path: 'h>s', percents: [0, 25, 50, 99.9, 100] } },
    [4, 1, 3, 2],
    { values: { '0.0': 1, '25.0': 2, '50.0': 3, '99.9': 4, '100.0': 4 } },
  ],
  [
    { percentiles_bucket: { buckets_path: 'h>s', percents: [50], keyed: false } },
    [4, 1],
    { values: [{ key: 50, value: 4 }] },
  ],
  [{ percentiles_bucket: { buckets_path: 'h>s', percents: [50] } }, [], { values: { '50.0': null } }],
];
for (const [pipeline, sums, expected] of beside) {
  test(`pipelines: ${JSON.stringify(pipeline)} of ${JSON.stringify(sums)}`, () => {
    const results = run({ ...histogramOf({ s: sum, m: max }), p: pipeline }, { h: { buckets: bucketsOf(...sums) } });
    assert.deepEqual(results['p'], expected);
  });
}

test('pipelines: run after those that they need, whatever is written first, and those inside before those around', () => {
  const aggs = {
    most: { max_bucket: { buckets_path: 't>best' } },
    t: {
      terms: { field: 'tag' },
      aggs: {
        share: { bucket_script: { buckets_path: { best: 'best', all: 'all' }, script: 'params.best / params.all' } },
        best: { max_bucket: { buckets_path: 'h>third' } },
        all: { sum_bucket: { buckets_path: 'h>s' } },
        ...histogramOf({
          third: { derivative: { buckets_path: 'second' } },
          second: { derivative: { buckets_path: 'first' } },
          first: { cumulative_sum: { buckets_path: 's' } },
          s: sum,
        }),
      },
    },
  };
  const bucket = (key: string, ...sums: number[]) => ({ key, doc_count: 9, h: { buckets: bucketsOf(...sums) } });
  const results = run(aggs, { t: { buckets: [bucket('x', 1, 4, 2), bucket('y', 1, 1, 5)] } });
  // The change of the change of a running sum is the change of what it sums.
  const shown = (results['t'] as { buckets: { best: unknown; all: unknown; share: unknown }[] }).buckets;
  assert.deepEqual(
    shown.map(({ best, all, share }) => [best, all, share]),
    [
      [{ value: -2, keys: ['20'] }, { value: 7 }, { value: -2 / 7 }],
      [{ value: 4, keys: ['20'] }, { value: 7 }, { value: 4 / 7 }],
    ],
  );
  assert.deepEqual(results['most'], { value: 4, keys: ['y'] });
});

test('pipelines: keyed buckets are in their order, also where names look like whole numbers', () => {
  const named = ['08', '09', '10'].map((name, i) => [name, { doc_count: 1, s: { value: 10 ** i } }] as const);
  const aggs = {
    d: {
      date_histogram: { field: 'seen', calendar_interval: 'day', format: 'dd', keyed: true },
      aggs: { s: sum, c: { cumulative_sum: { buckets_path: 's' } } },
    },
  };
  const { d } = run(aggs, { d: { buckets: allAtOnce(keyedBuckets(new Map(named))) } }) as {
    d: { buckets: Record<string, { c: unknown }> };
  };
  assert.deepEqual(
    named.map(([name]) => d.buckets[name]!.c),
    [{ value: 1 }, { value: 11 }, { value: 111 }],
  );
});

test('pipelines: keyed buckets without a key have their names', () => {
  const named = ['b', 'a', 'c'].map((name, i) => [name, { doc_count: i, s: { value: i } }] as const);
  const filters = { b: { match_all: {} }, a: { match_all: {} }, c: { match_all: {} } };
  const aggs = {
    f: { filters: { filters }, aggs: { s: sum, p: { bucket_sort: { sort: [{ _key: 'desc' }] } } } },
    most: { max_bucket: { buckets_path: 'f>s' } },
  };
  const { f, most } = run(aggs, { f: { buckets: allAtOnce(keyedBuckets(new Map(named))) } });
  assert.deepEqual(Object.keys((f as { buckets: object }).buckets), ['c', 'b', 'a']);
  assert.deepEqual(most, { value: 2, keys: ['c'] });
});

test('pipelines: see what those inside have left', () => {
  const some = { bucket_selector: { buckets_path: { a: 's' }, script: 'params.a > 1' } };
  const aggs = { ...histogramOf({ s: sum, some }), all: { stats_bucket: { buckets_path: 'h>s' } } };
  const results = run(aggs, { h: { buckets: bucketsOf(1, 2, 3) } });
  assert.deepEqual(results['all'], { count: 2, min: 2, max: 3, avg: 2.5, sum: 5 });
});

test('pipelines: buckets by key stay so, and those of one key and of a single bucket are reached', () => {
  const filters = { filters: { a: { match_all: {} }, b: { match_all: {} }, c: { match_all: {} } } };
  const aggs = {
    f: {
      filters,
      aggs: {
        n: { sum: { field: 'year' } },
        in: { missing: { field: 'tag' }, aggs: { n: { sum: { field: 'year' } } } },
        page: { bucket_sort: { sort: [{ n: 'desc' }], size: 2 } },
        twice: {
          bucket_script: { buckets_path: { n: 'in>n', c: 'in>_count', d: 'in._count' }, script: 'n + 10 * c + d' },
        },
      },
    },
    g: {
      global: {},
      aggs: {
        ...histogramOf({
          by: { filters: { filters: { x: { match_all: {} }, y: { match_all: {} } } }, aggs: { s: sum } },
          share: { bucket_script: { buckets_path: { x: "by['x']>s", y: 'by[y]>_count' }, script: 'x / y' } },
          kinds: { bucket_script: { buckets_path: { n: 'tags._bucket_count' }, script: 'n' } },
          tags: { terms: { field: 'tag' } },
          tag: { bucket_script: { buckets_path: { n: "tags['t']>_count" }, script: 'n', gap_policy: 'insert_zeros' } },
        }),
      },
    },
    most: { max_bucket: { buckets_path: 'g>h>share' } },
  };
  const single = (n: number) => ({ doc_count: n, n: { value: n } });
  const bucket = (n: number) => ({ doc_count: 1, n: { value: n }, in: single(2) });
  const results = run(aggs, {
    f: { buckets: { a: bucket(1), b: bucket(3), c: bucket(2) } },
    g: {
      doc_count: 3,
      h: {
        buckets: [
          {
            key: 0,
            doc_count: 2,
            by: { buckets: { x: { doc_count: 1, s: { value: 6 } }, y: { doc_count: 2, s: { value: 0 } } } },
            tags: {
              buckets: [
                { key: 's', doc_count: 5 },
                { key: 't', doc_count: 4 },
              ],
            },
          },
          {
            key: 10,
            doc_count: 1,
            by: { buckets: { x: { doc_count: 1, s: { value: 8 } }, y: { doc_count: 1, s: { value: 0 } } } },
            tags: { buckets: [] },
          },
        ],
      },
    },
  });
  const { buckets } = results['f'] as { buckets: Record<string, { twice: unknown }> };
  assert.deepEqual(Object.keys(buckets), ['b', 'c']);
  assert.deepEqual(buckets['b']!.twice, { value: 24 });
  const inner = (results['g'] as { h: { buckets: { share: unknown; kinds: unknown; tag: unknown }[] } }).h.buckets;
  assert.deepEqual(
    inner.map(({ share, kinds, tag }) => [share, kinds, tag]),
    [
      [{ value: 3 }, { value: 2 }, { value: 4 }],
      [{ value: 8 }, { value: 0 }, { value: 0 }],
    ],
  );
  assert.deepEqual(results['most'], { value: 8, keys: ['10'] });
});

test('pipelines: a path goes to each number of a metric, by whatever name it has', () => {
  const aggs = {
    ...histogramOf({
      'a.b': { stats: { field: 'year' } },
      p: { bucket_script: { buckets_path: { a: 'a.b.avg', b: 'a.b.count' }, script: 'a * b' } },
      big: { sum: { field: 'year' } },
      q: { bucket_script: { buckets_path: { b: 'big.value' }, script: 'b' } },
    }),
    pc: { percentiles_bucket: { buckets_path: 'h>a.b.max', percents: [50, 99.9] } },
  };
  const buckets = [
    { key: 0, doc_count: 2, 'a.b': { count: 2, min: 1, max: 5, avg: 3, sum: 6 }, big: { value: '9007199254740993' } },
  ];
  const { h, pc } = run(aggs, { h: { buckets } }) as { h: { buckets: { p: unknown; q: unknown }[] }; pc: unknown };
  assert.deepEqual([h.buckets[0]!.p, h.buckets[0]!.q], [{ value: 6 }, { value: 9_007_199_254_740_992 }]);
  assert.deepEqual(pc, { values: { '50.0': 5, '99.9': 5 } });
});

// Each row: a path, the number that it leads to in the bucket below.
const many = {
  p: { percentiles: { field: 'year', percents: [50, 99.9] } },
  list: { percentiles: { field: 'year', percents: [50, 99.9], keyed: false } },
  e: { extended_stats: { field: 'year' } },
  t: { terms: { field: 'tag' }, aggs: { m: max, p: { percentiles: { field: 'year', percents: [50] } } } },
};
const manyResults = {
  p: { values: { '50.0': 5, '99.9': 9 } },
  list: {
    values: [
      { key: 50, value: 6 },
      { key: 99.9, value: 10 },
    ],
  },
  e: { avg: 3, std_deviation_bounds: { upper: 4, lower: 2 } },
  t: {
    buckets: [
      { key: 'a>b', doc_count: 7, m: { value: 11 }, p: { values: { '50.0': 12 } } },
      { key: "it's", doc_count: 8, m: { value: 13 }, p: { values: { '50.0': 14 } } },
    ],
  },
};
const paths: [path: string, expected: number][] = [
  ['p.50', 5],
  ['p[50]', 5],
  ['p.50.0', 5],
  ["p['99.9']", 9],
  ['p.99.9', 9],
  ['list.50', 6],
  ['list[99.9]', 10],
  ['e.avg', 3],
  ['e.std_upper', 4],
  ['e[std_lower]', 2],
  ["t['a>b']>m", 11],
  ["t['a>b']>_count", 7],
  ['t["a>b"]>p.50', 12],
  ['t[a>b]>m', 11],
  ['t["it\'s"]>m.value', 13],
];
for (const [path, expected] of paths) {
  test(`pipelines: ${path} leads to ${expected}`, () => {
    const told = { bucket_script: { buckets_path: { n: path }, script: 'n' } };
    const buckets = [{ key: 0, doc_count: 2, ...structuredClone(manyResults) }];
    const { h } = run(histogramOf({ ...many, told }), { h: { buckets } }) as { h: { buckets: { told: unknown }[] } };
    assert.deepEqual(h.buckets[0]!.told, { value: expected });
  });
}

test('pipelines: buckets of filters without names are called by their places', () => {
  const aggs = {
    f: { filters: { filters: [{ match_all: {} }, { match_all: {} }], other_bucket: true }, aggs: { m: max } },
    most: { max_bucket: { buckets_path: 'f>m' } },
    least: { min_bucket: { buckets_path: 'f>m' } },
  };
  const { aggregations, pipelines } = read(aggs);
  const bucket = (greatest: number) => ({
    count: 1,
    aggregations: { m: { kind: 'metric', count: 1, sum: [greatest], min: greatest, max: greatest } as const },
  });
  const f = { kind: 'filters', buckets: [bucket(1), bucket(9), bucket(0)] } as const;
  const results = finishAggregations(aggregations, { f }, { isComplete: true, isWhole: () => true, bigInts: 'string' });
  allAtOnce(pipelines!.run(results, { isComplete: true }));
  const { most, least } = JSON.parse(JSON.stringify(results)) as Record<string, unknown>;
  assert.deepEqual(most, { value: 9, keys: ['1'] });
  assert.deepEqual(least, { value: 0, keys: ['_other_'] });
});

test('pipelines: names that are properties of every object are names like others', () => {
  const results = Object.create(null) as Record<string, unknown>;
  const bucket = Object.assign(Object.create(null) as Record<string, unknown>, {
    key: 0,
    doc_count: 1,
    constructor: { value: 4 },
  });
  results['toString'] = { buckets: [bucket] };
  const aggs = {
    toString: {
      histogram: { field: 'year', interval: 1 },
      aggs: {
        constructor: sum,
        valueOf: {
          bucket_script: { buckets_path: { hasOwnProperty: 'constructor' }, script: 'params.hasOwnProperty * 2' },
        },
      },
    },
    hasOwnProperty: { sum_bucket: { buckets_path: 'toString>valueOf' } },
  };
  assert.deepEqual(run(aggs, results)['hasOwnProperty'], { value: 8 });
});

test('pipelines: where shards are missing each says that nothing bounds it', () => {
  assert.deepEqual(inBuckets({ cumulative_sum: { buckets_path: 's' } }, [1, 2], false), [
    { value: 1, bounds: null },
    { value: 3, bounds: null },
  ]);
  const kinds: object[] = [
    { avg_bucket: { buckets_path: 'h>s' } },
    { max_bucket: { buckets_path: 'h>s' } },
    { stats_bucket: { buckets_path: 'h>s' } },
    { extended_stats_bucket: { buckets_path: 'h>s' } },
    { percentiles_bucket: { buckets_path: 'h>s' } },
  ];
  for (const p of kinds) {
    const aggs = { ...histogramOf({ s: sum }), p };
    const of = (isComplete: boolean) => run(aggs, { h: { buckets: bucketsOf(1, 2) } }, isComplete)['p'] as object;
    assert.deepEqual(of(false), { ...of(true), bounds: null });
  }
});

test('pipelines: their work is bounded over all of them', () => {
  const window = limits.bucketsMax;
  const moving = { moving_fn: { buckets_path: 's', window, script: 'MovingFunctions.sum(values)' } };
  const sums = Array.from({ length: 3000 }, () => 1);
  assert.throws(
    () => inBuckets(moving, sums),
    (error) =>
      error instanceof SheafError &&
      error.code === 'PIPELINES_TOO_HEAVY' &&
      error.detail['limit'] === limits.pipelineStepsMax &&
      Number(error.detail['actual']) > limits.pipelineStepsMax,
  );
  const few = { moving_fn: { buckets_path: 's', window: 10, script: 'MovingFunctions.sum(values)' } };
  assert.equal(inBuckets(few, sums).length, 3000);
});

test('pipelines: a search without any has none', () => {
  assert.ok(!('pipelines' in read(histogramOf({ s: sum }))));
  assert.deepEqual(
    Object.keys(read({ ...histogramOf({ s: sum }), p: { sum_bucket: { buckets_path: 'h>s' } } }).aggregations),
    ['h'],
  );
});

const inHistogram = (pipeline: object, more: object = {}): object => histogramOf({ s: sum, p: pipeline, ...more });
const script = (text: unknown, path: unknown = { a: 's' }) => ({ bucket_script: { buckets_path: path, script: text } });
const at = '/aggs/h/aggs/p';

// Each row: aggregations, the fault, facts that must be in its detail.
const faults: [aggs: object, fault: string, facts?: Readonly<Record<string, unknown>>][] = [
  [inHistogram({ derivative: {} }), `REQUEST_FIELD_MISSING ${at}/derivative`, { field: 'buckets_path' }],
  [inHistogram({ derivative: { buckets_path: 5 } }), `REQUEST_TYPE_WRONG ${at}/derivative/buckets_path`],
  [inHistogram({ derivative: { buckets_path: '' } }), `REQUEST_VALUE_INVALID ${at}/derivative/buckets_path`],
  [
    inHistogram({ derivative: { buckets_path: 'x' } }),
    `BUCKETS_PATH_UNKNOWN ${at}/derivative/buckets_path`,
    { path: 'x', name: 'x', allowed: ['s', 'p'] },
  ],
  [inHistogram({ derivative: { buckets_path: 's>x' } }), `BUCKETS_PATH_UNKNOWN ${at}/derivative/buckets_path`],
  [
    inHistogram({ derivative: { buckets_path: 's.avg' } }),
    `BUCKETS_PATH_UNKNOWN ${at}/derivative/buckets_path`,
    { allowed: ['s.value'] },
  ],
  [
    inHistogram({ derivative: { buckets_path: 'f>x' } }, { f: { filter: { match_all: {} } } }),
    `BUCKETS_PATH_UNKNOWN ${at}/derivative/buckets_path`,
    { name: 'x', allowed: [] },
  ],
  [
    inHistogram(
      { derivative: { buckets_path: "f['z']>_count" } },
      { f: { filters: { filters: { a: { match_all: {} } } } } },
    ),
    `BUCKETS_PATH_UNKNOWN ${at}/derivative/buckets_path`,
    { allowed: ['a'] },
  ],
  [
    inHistogram({ derivative: { buckets_path: 'st' } }, { st: { stats: { field: 'year' } } }),
    `BUCKETS_PATH_SEVERAL ${at}/derivative/buckets_path`,
    { allowed: ['st.count', 'st.min', 'st.max', 'st.avg', 'st.sum'] },
  ],
  [
    inHistogram({ derivative: { buckets_path: 't>m' } }, { t: { terms: { field: 'tag' }, aggs: { m: max } } }),
    `BUCKETS_PATH_SEVERAL ${at}/derivative/buckets_path`,
    { name: 't' },
  ],
  [
    inHistogram({ derivative: { buckets_path: 't' } }, { t: { terms: { field: 'tag' } } }),
    `BUCKETS_PATH_SEVERAL ${at}/derivative/buckets_path`,
  ],
  [
    inHistogram({ derivative: { buckets_path: 'f' } }, { f: { filter: { match_all: {} } } }),
    `BUCKETS_PATH_NO_NUMBER ${at}/derivative/buckets_path`,
    { allowed: ['f>_count'] },
  ],
  [
    inHistogram({ derivative: { buckets_path: 'q' } }, { q: { bucket_sort: { size: 1 } } }),
    `BUCKETS_PATH_NO_NUMBER ${at}/derivative/buckets_path`,
  ],
  [
    { t: { terms: { field: 'tag' }, aggs: { p: script('a', { a: '_key' }) } } },
    'BUCKETS_PATH_NO_NUMBER /aggs/t/aggs/p/bucket_script/buckets_path/a',
  ],
  [
    inHistogram({ derivative: { buckets_path: 'p' } }),
    `BUCKETS_PATH_CIRCULAR ${at}/derivative/buckets_path`,
    { circle: ['p', 'p'] },
  ],
  [
    inHistogram(script('a', { a: 'q' }), {
      q: { derivative: { buckets_path: 'r' } },
      r: { cumulative_sum: { buckets_path: 'p' } },
    }),
    'BUCKETS_PATH_CIRCULAR /aggs/h/aggs/r/cumulative_sum/buckets_path',
    { circle: ['p', 'q', 'r', 'p'] },
  ],
  [
    { p: { derivative: { buckets_path: 's' } }, s: sum },
    'PIPELINE_MISPLACED /aggs/p/derivative',
    { around: 'nothing' },
  ],
  [{ p: script('1'), s: sum }, 'PIPELINE_MISPLACED /aggs/p/bucket_script'],
  [
    { t: { terms: { field: 'tag' }, aggs: { s: sum, p: { derivative: { buckets_path: 's' } } } } },
    'PIPELINE_MISPLACED /aggs/t/aggs/p/derivative',
    { around: 'terms', pipeline: 'derivative' },
  ],
  [
    { f: { filter: { match_all: {} }, aggs: { s: sum, p: { bucket_sort: { sort: 's' } } } } },
    'PIPELINE_MISPLACED /aggs/f/aggs/p/bucket_sort',
  ],
  [
    {
      h: {
        histogram: { field: 'year', interval: 1, min_doc_count: 1 },
        aggs: { s: sum, p: { cumulative_sum: { buckets_path: 's' } } },
      },
    },
    `PIPELINE_MISPLACED ${at}/cumulative_sum`,
    { actual: 1 },
  ],
  [{ p: { sum_bucket: { buckets_path: 's' } }, s: sum }, 'BUCKETS_PATH_NO_BUCKETS /aggs/p/sum_bucket/buckets_path'],
  [{ p: { sum_bucket: { buckets_path: 'p>s' } } }, 'BUCKETS_PATH_NO_BUCKETS /aggs/p/sum_bucket/buckets_path'],
  [
    { ...histogramOf({ s: sum }), p: { sum_bucket: { buckets_path: 'h' } } },
    'BUCKETS_PATH_SEVERAL /aggs/p/sum_bucket/buckets_path',
    { allowed: ['h>_count', 'h>s'] },
  ],
  [
    { ...histogramOf({ s: sum }), p: { sum_bucket: { buckets_path: 'h>x' } } },
    'BUCKETS_PATH_UNKNOWN /aggs/p/sum_bucket/buckets_path',
  ],
  [
    { ...histogramOf({ s: sum }), p: { sum_bucket: { buckets_path: 'g>s' } } },
    'BUCKETS_PATH_UNKNOWN /aggs/p/sum_bucket/buckets_path',
  ],
  [
    { ...histogramOf({ s: sum }), p: { sum_bucket: { buckets_path: 'h>s', format: '0' } } },
    'REQUEST_FIELD_UNKNOWN /aggs/p/sum_bucket/format',
  ],
  [
    { ...histogramOf({ s: sum }), p: { sum_bucket: { buckets_path: 'h>s' }, aggs: {} } },
    'REQUEST_FIELD_UNKNOWN /aggs/p/aggs',
  ],
  [
    { ...histogramOf({ s: sum }), p: { extended_stats_bucket: { buckets_path: 'h>s', sigma: -1 } } },
    'REQUEST_VALUE_INVALID /aggs/p/extended_stats_bucket/sigma',
  ],
  [
    { ...histogramOf({ s: sum }), p: { percentiles_bucket: { buckets_path: 'h>s', percents: [101] } } },
    'REQUEST_VALUE_INVALID /aggs/p/percentiles_bucket/percents/0',
  ],
  [
    inHistogram({ derivative: { buckets_path: 's', gap_policy: 'fill' } }),
    `REQUEST_VALUE_INVALID ${at}/derivative/gap_policy`,
    { allowed: ['skip', 'insert_zeros', 'keep_values'] },
  ],
  [inHistogram({ derivative: { buckets_path: 's', unit: 'day' } }), `REQUEST_VALUE_INVALID ${at}/derivative/unit`],
  [
    histogramOf({ s: sum, p: { derivative: { buckets_path: 's', unit: 'fortnight' } } }, 'seen'),
    `REQUEST_VALUE_INVALID ${at}/derivative/unit`,
  ],
  [
    inHistogram({ moving_fn: { buckets_path: 's', window: 0, script: '1' } }),
    `REQUEST_VALUE_INVALID ${at}/moving_fn/window`,
  ],
  [
    inHistogram({ moving_fn: { buckets_path: 's', window: 1 } }),
    `REQUEST_FIELD_MISSING ${at}/moving_fn`,
    { field: 'script' },
  ],
  [
    inHistogram({ moving_fn: { buckets_path: 's', window: 1, script: 'values' } }),
    `EXPRESSION_INVALID ${at}/moving_fn/script`,
    { position: 0 },
  ],
  [inHistogram(script('params.b')), `EXPRESSION_INVALID ${at}/bucket_script/script`, { position: 0, allowed: ['a'] }],
  [inHistogram(script({ source: '1 +' })), `EXPRESSION_INVALID ${at}/bucket_script/script/source`, { position: 3 }],
  [inHistogram(script({})), `REQUEST_FIELD_MISSING ${at}/bucket_script/script`, { field: 'source' }],
  [
    inHistogram(script({ source: '1', lang: 'mustache' })),
    `REQUEST_VALUE_INVALID ${at}/bucket_script/script/lang`,
    { allowed: ['painless', 'expression'] },
  ],
  [inHistogram(script({ source: 'a', params: { a: 1 } })), `REQUEST_VALUE_INVALID ${at}/bucket_script/script/params/a`],
  [inHistogram(script({ source: 'b', params: { b: 'x' } })), `REQUEST_TYPE_WRONG ${at}/bucket_script/script/params/b`],
  [
    inHistogram(script('1'.repeat(1001))),
    `EXPRESSION_INVALID ${at}/bucket_script/script`,
    { limit: 1000, actual: 1001 },
  ],
  [inHistogram(script('1', {})), `REQUEST_VALUE_INVALID ${at}/bucket_script/buckets_path`],
  [inHistogram(script('1', 5)), `REQUEST_TYPE_WRONG ${at}/bucket_script/buckets_path`],
  [inHistogram(script('1', { a: 'x' })), `BUCKETS_PATH_UNKNOWN ${at}/bucket_script/buckets_path/a`],
  [inHistogram(script('1', ['s', 'x'])), `BUCKETS_PATH_UNKNOWN ${at}/bucket_script/buckets_path/1`],
  [inHistogram({ bucket_sort: {} }), `REQUEST_VALUE_INVALID ${at}/bucket_sort`],
  [inHistogram({ bucket_sort: { sort: [{ x: 'asc' }] } }), `BUCKETS_PATH_UNKNOWN ${at}/bucket_sort/sort/0/x`],
  [inHistogram({ bucket_sort: { sort: [{ s: 'up' }] } }), `REQUEST_VALUE_INVALID ${at}/bucket_sort/sort/0/s`],
  [
    inHistogram({ bucket_sort: { sort: [{ s: { order: 'asc', mode: 'min' } }] } }),
    `REQUEST_FIELD_UNKNOWN ${at}/bucket_sort/sort/0/s/mode`,
  ],
  [inHistogram({ bucket_sort: { size: 0 } }), `REQUEST_VALUE_INVALID ${at}/bucket_sort/size`],
];
for (const [aggs, fault, facts] of faults) {
  test(`pipelines: refuses ${JSON.stringify(aggs)}`, () => assertFault(() => read(aggs), fault, facts));
}

test('pipelines: each kind is in a test of what it gives', () => {
  const tested = JSON.stringify([rows, choices, beside]);
  assert.deepEqual(
    pipelineKinds.filter((kind) => !tested.includes(`"${kind}"`)),
    [],
  );
});
