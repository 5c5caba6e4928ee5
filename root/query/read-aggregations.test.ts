import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AggregationRequest } from '../../shared/aggregation/definition.ts';
import { parseSearchBody } from './parse-search-body.ts';
import { pipelineKinds } from '../pipelines/table.ts';
import { aggregationKinds } from './aggregations/table.ts';
import { assertFault, testSchema } from './test-schema.ts';
import { byCount } from '../../shared/aggregation/terms-order.ts';

const callerKinds = [...aggregationKinds, ...pipelineKinds];

/** 2024-05-31T12:34:56Z. */
const now = 1_717_158_896_000;
const parse = (body: unknown) => parseSearchBody(body, testSchema, { timeoutMsMax: 1, now }).aggregations;

const termsOf = (part: object): object => ({
  kind: 'terms',
  field: 'tag',
  values: 'string',
  show: 'plain',
  size: 10,
  shardSize: 10_000,
  order: byCount,
  minDocCount: 1,
  aggregations: {},
  ...part,
});
const histogram = { kind: 'histogram', field: 'price', show: 'plain', interval: 5, offset: 0, minDocCount: 0 };
const ofTag = { field: 'tag', values: 'string' } as const;
const days = {
  kind: 'date_histogram',
  field: 'seen',
  interval: { kind: 'calendar', unit: 'day' },
  timeZone: 'UTC',
  offset: 0,
  minDocCount: 0,
  aggregations: {},
};
const ofDay = { field: 'seen', calendar_interval: 'day' };
const maxYear: AggregationRequest = { kind: 'max', field: 'year', values: 'number' };

const below = {
  m: { max: { field: 'year' } },
  s: { stats: { field: 'year' } },
  'a.b': { min: { field: 'year' } },
  c: { cardinality: { field: 'tag' } },
  t: { terms: { field: 'tag' } },
};
const metricRequests = {
  m: maxYear,
  s: { kind: 'stats', field: 'year', values: 'number' },
  'a.b': { kind: 'min', field: 'year', values: 'number' },
  c: { kind: 'cardinality', field: 'tag', values: 'string', precisionThreshold: 3000 },
  t: termsOf({}),
};
const tagOf = (term: string) => ({ kind: 'term', field: 'tag', term });
const filtersOf = (part: object): object => ({
  kind: 'filters',
  hasOther: false,
  show: 'anonymous',
  keys: [],
  aggregations: {},
  ...part,
});

// Each row: one aggregation, the request it makes.
const rows: [aggregation: unknown, expected: object][] = [
  [{ max: { field: 'year' } }, maxYear],
  [{ stats: { field: 'seen' } }, { kind: 'stats', field: 'seen', values: 'number', show: 'date' }],
  [{ value_count: { field: 'tag' } }, { kind: 'value_count', field: 'tag', values: 'string' }],
  [
    { cardinality: { field: 'tag' } },
    { kind: 'cardinality', field: 'tag', values: 'string', precisionThreshold: 3000 },
  ],
  [
    { cardinality: { field: 'draft', precision_threshold: 0 } },
    { kind: 'cardinality', field: 'draft', values: 'number', precisionThreshold: 0 },
  ],
  [
    { cardinality: { field: 'tag', missing: '' } },
    { kind: 'cardinality', ...ofTag, precisionThreshold: 3000, missing: '' },
  ],
  [
    { value_count: { field: 'draft', missing: true } },
    { kind: 'value_count', field: 'draft', values: 'number', missing: 1 },
  ],
  [
    { sum: { field: 'seen', missing: '1970-01-02' } },
    { kind: 'sum', field: 'seen', values: 'number', missing: 86_400_000, show: 'date' },
  ],
  [{ extended_stats: { field: 'price' } }, { kind: 'extended_stats', field: 'price', sigma: 2 }],
  [
    { extended_stats: { field: 'year', sigma: 0, missing: 3 } },
    { kind: 'extended_stats', field: 'year', sigma: 0, missing: 3 },
  ],
  [
    { weighted_avg: { value: { field: 'price', missing: 2 }, weight: { field: 'year' } } },
    { kind: 'weighted_avg', value: { field: 'price', missing: 2 }, weight: { field: 'year' } },
  ],
  [
    { percentiles: { field: 'seen' } },
    { kind: 'percentiles', field: 'seen', show: 'date', percents: [1, 5, 25, 50, 75, 95, 99], keyed: true },
  ],
  [
    { percentiles: { field: 'price', percents: [99.9, 0, 100], keyed: false, missing: 0.5 } },
    { kind: 'percentiles', field: 'price', show: 'plain', percents: [0, 99.9, 100], keyed: false, missing: 0.5 },
  ],
  [
    { percentile_ranks: { field: 'price', values: [5, -1.5] } },
    { kind: 'percentile_ranks', field: 'price', numbers: [-1.5, 5], keyed: true },
  ],
  [
    { percentile_ranks: { field: 'seen', values: ['1970-01-03', 86_400_000, 2.5, '1970-01-01||+12h'] } },
    { kind: 'percentile_ranks', field: 'seen', numbers: [2.5, 43_200_000, 86_400_000, 172_800_000], keyed: true },
  ],
  [
    { top_metrics: { metrics: { field: 'tag' }, sort: { seen: 'desc' } } },
    {
      kind: 'top_metrics',
      metrics: [{ field: 'tag', values: 'string', show: 'plain' }],
      sort: { field: 'seen', descending: true, countsGreatest: true, missingFirst: false, show: 'date' },
      size: 1,
    },
  ],
  [
    {
      top_metrics: {
        metrics: [{ field: 'price' }, { field: 'year' }],
        sort: [{ year: { order: 'asc', mode: 'max', missing: 'first' } }],
        size: 3,
      },
    },
    {
      kind: 'top_metrics',
      metrics: [
        { field: 'price', values: 'number', show: 'plain' },
        { field: 'year', values: 'number', show: 'plain' },
      ],
      sort: { field: 'year', descending: false, countsGreatest: true, missingFirst: true, show: 'plain' },
      size: 3,
    },
  ],
  [
    { top_hits: {} },
    { kind: 'top_hits', from: 0, size: 3, sort: [{ by: 'score', descending: true }], shows: ['plain'], source: true },
  ],
  [
    { top_hits: { from: 2, size: 98, sort: [{ seen: 'desc' }, '_doc', 'tag'], _source: ['tag'] } },
    {
      kind: 'top_hits',
      from: 2,
      size: 98,
      sort: [
        { by: 'field', field: 'seen', descending: true, values: 'number' },
        { by: 'position', descending: false },
        { by: 'field', field: 'tag', descending: false, values: 'string' },
      ],
      shows: ['date', 'plain', 'plain'],
      source: { includes: ['tag'], excludes: [] },
    },
  ],
  // Documents go with each bucket that a leaf sends.
  [
    { terms: { field: 'tag' }, aggs: { h: { top_hits: { size: 4, _source: false } } } },
    termsOf({
      shardSize: 250,
      aggregations: {
        h: {
          kind: 'top_hits',
          from: 0,
          size: 4,
          sort: [{ by: 'score', descending: true }],
          shows: ['plain'],
          source: false,
        },
      },
    }),
  ],
  [{ terms: { field: 'tag', min_doc_count: 0 } }, termsOf({ minDocCount: 0, others: { kind: 'all' } })],
  [{ terms: { field: 'tag' } }, termsOf({})],
  [{ terms: { field: 'tag', size: 20_000 } }, termsOf({ size: 20_000, shardSize: 20_000 })],
  [{ terms: { field: 'tag', size: 3, shard_size: 3 } }, termsOf({ size: 3, shardSize: 3 })],
  [{ terms: { field: 'tag', accuracy: 'exact' } }, termsOf({ accuracy: 'exact', shardSize: 30 })],
  [{ terms: { field: 'tag', accuracy: 'fast' } }, termsOf({ accuracy: 'fast' })],
  [
    { terms: { field: 'tag', accuracy: 'bounded', order: { _key: 'asc' } } },
    termsOf({ accuracy: 'bounded', order: [{ by: 'key', descending: false }] }),
  ],
  [{ terms: { field: 'tag', order: { _count: 'desc' } } }, termsOf({})],
  [{ terms: { field: 'tag', order: { _key: 'asc' } } }, termsOf({ order: [{ by: 'key', descending: false }] })],
  [{ terms: { field: 'tag', order: { _key: 'desc' } } }, termsOf({ order: [{ by: 'key', descending: true }] })],
  [{ terms: { field: 'tag', order: [] } }, termsOf({})],
  [
    { terms: { field: 'tag', order: [{ _count: 'asc' }, { _key: 'desc' }] } },
    termsOf({
      shardSize: 65_536,
      order: [
        { by: 'count', descending: false },
        { by: 'key', descending: true },
      ],
    }),
  ],
  ...(
    [
      ['m', 'm', ['value']],
      ['m.value', 'm', ['value']],
      ['s.avg', 's', ['avg']],
      ['s[count]', 's', ['count']],
      ['a.b', 'a.b', ['value']],
      ['c', 'c', ['value']],
    ] as const
  ).map(([text, name, property]): [object, object] => [
    { terms: { field: 'tag', order: { [text]: 'asc' } }, aggs: below },
    termsOf({
      shardSize: 65_536,
      order: [{ by: 'metric', path: [name], property, descending: false }],
      aggregations: metricRequests,
    }),
  ]),
  [
    { terms: { field: 'tag', missing: 'none', show_term_doc_count_error: true } },
    termsOf({ missing: 'none', showsError: true }),
  ],
  [{ terms: { field: 'tag', show_term_doc_count_error: false } }, termsOf({})],
  [
    { terms: { field: 'tag', include: 'a.*', exclude: ['ab'] } },
    termsOf({ choice: { include: { kind: 'pattern', pattern: 'a.*' }, exclude: { kind: 'values', values: ['ab'] } } }),
  ],
  [
    { terms: { field: 'tag', include: { partition: 0, num_partitions: 20 } } },
    termsOf({ choice: { include: { kind: 'partition', partition: 0, partitions: 20 } } }),
  ],
  [
    { terms: { field: 'draft', include: [true], missing: false } },
    termsOf({
      field: 'draft',
      values: 'number',
      show: 'boolean',
      missing: 0,
      choice: { include: { kind: 'values', values: [1] } },
    }),
  ],
  [
    { terms: { field: 'seen', exclude: ['1970-01-01', 5] } },
    termsOf({ field: 'seen', values: 'number', show: 'date', choice: { exclude: { kind: 'values', values: [0, 5] } } }),
  ],
  [
    { multi_terms: { terms: [{ field: 'tag' }, { field: 'seen', missing: '1970-01-01' }], size: 3 } },
    {
      kind: 'multi_terms',
      sources: [
        { field: 'tag', values: 'string', show: 'plain' },
        { field: 'seen', values: 'number', show: 'date', missing: 0 },
      ],
      size: 3,
      shardSize: 10_000,
      order: byCount,
      minDocCount: 1,
      aggregations: {},
    },
  ],
  [
    {
      composite: {
        sources: [
          { t: { terms: { field: 'tag', missing_bucket: true } } },
          { d: { terms: { field: 'draft', order: 'desc', missing_bucket: true } } },
          { p: { histogram: { field: 'price', interval: 0.1, missing_bucket: true, missing_order: 'last' } } },
        ],
        size: 3,
        after: { t: null, d: true, p: 0.3 },
      },
    },
    {
      kind: 'composite',
      sources: [
        { name: 't', by: 'terms', field: 'tag', descending: false, missing: 'first', values: 'string', show: 'plain' },
        {
          name: 'd',
          by: 'terms',
          field: 'draft',
          descending: true,
          missing: 'last',
          values: 'number',
          show: 'boolean',
        },
        { name: 'p', by: 'histogram', field: 'price', descending: false, missing: 'last', interval: 0.1, offset: 0 },
      ],
      size: 3,
      after: [null, 1, 3],
      aggregations: {},
    },
  ],
  [{ terms: { field: 'draft' } }, termsOf({ field: 'draft', values: 'number', show: 'boolean' })],
  [{ terms: { field: 'seen' } }, termsOf({ field: 'seen', values: 'number', show: 'date' })],
  [{ terms: { field: 'tag' }, aggs: { m: { max: { field: 'year' } } } }, termsOf({ aggregations: { m: maxYear } })],
  [{ histogram: { field: 'price', interval: 5 } }, { ...histogram, aggregations: {} }],
  [{ filter: { term: { tag: 'x' } } }, { kind: 'filter', query: tagOf('x'), aggregations: {} }],
  [
    { filter: { match_all: {} }, aggs: { m: { max: { field: 'year' } } } },
    { kind: 'filter', query: { kind: 'all' }, aggregations: { m: maxYear } },
  ],
  [{ missing: { field: 'title' } }, { kind: 'missing', field: 'title', aggregations: {} }],
  [{ global: {} }, { kind: 'global', query: { kind: 'all' }, aggregations: {} }],
  [
    { filters: { filters: { b: { term: { tag: 'x' } }, a: { match_all: {} } } } },
    filtersOf({ filters: [{ kind: 'all' }, tagOf('x')], show: 'keyed', keys: ['a', 'b'] }),
  ],
  [{ filters: { filters: [{ term: { tag: 'x' } }] } }, filtersOf({ filters: [tagOf('x')] })],
  [
    { filters: { filters: [{ match_all: {} }], other_bucket: true } },
    filtersOf({ filters: [{ kind: 'all' }], hasOther: true }),
  ],
  [
    { filters: { filters: { __proto: { match_all: {} } }, other_bucket: true, keyed: false } },
    filtersOf({ filters: [{ kind: 'all' }], hasOther: true, show: 'listed', keys: ['__proto', '_other_'] }),
  ],
  [
    { filters: { filters: { a: { match_all: {} } }, other_bucket_key: 'rest' } },
    filtersOf({ filters: [{ kind: 'all' }], hasOther: true, show: 'keyed', keys: ['a', 'rest'] }),
  ],
  [
    { filters: { filters: { a: { match_all: {} } }, other_bucket: false, other_bucket_key: 'rest' } },
    filtersOf({ filters: [{ kind: 'all' }], show: 'keyed', keys: ['a'] }),
  ],
  [
    {
      aggregations: { m: { max: { field: 'year' } } },
      histogram: { field: 'seen', interval: 0.5, offset: 0.25, min_doc_count: 2 },
    },
    {
      kind: 'histogram',
      field: 'seen',
      show: 'date',
      interval: 0.5,
      offset: 0.25,
      minDocCount: 2,
      aggregations: { m: maxYear },
    },
  ],
  [
    {
      histogram: {
        field: 'price',
        interval: 5,
        keyed: true,
        order: { _count: 'desc' },
        missing: -1,
        extended_bounds: { min: 0 },
        hard_bounds: { min: -5, max: 5 },
      },
    },
    {
      ...histogram,
      keyed: true,
      order: { by: 'count', descending: true },
      missing: -1,
      extendedBounds: { min: 0 },
      hardBounds: { min: -5, max: 5 },
      aggregations: {},
    },
  ],
  [{ histogram: { field: 'price', interval: 5, keyed: false } }, { ...histogram, aggregations: {} }],
  [{ date_histogram: ofDay }, days],
  [
    { date_histogram: { field: 'seen', calendar_interval: '1M', time_zone: 'europe/paris', offset: '-1d' } },
    { ...days, interval: { kind: 'calendar', unit: 'month' }, timeZone: 'Europe/Paris', offset: -86_400_000 },
  ],
  [
    { date_histogram: { field: 'seen', fixed_interval: '90m', time_zone: 'Z', offset: '+6h' } },
    { ...days, interval: { kind: 'fixed', ms: 5_400_000 }, offset: 21_600_000 },
  ],
  [
    {
      date_histogram: {
        ...ofDay,
        time_zone: '+02:00',
        format: 'dd.MM.yyyy',
        min_doc_count: 2,
        keyed: true,
        order: { _key: 'desc' },
        missing: '31.05.2024',
        extended_bounds: { min: 'now-1d/d', max: '31.05.2024||+1M' },
        hard_bounds: { min: 0 },
      },
    },
    {
      ...days,
      timeZone: '+02:00',
      format: 'dd.MM.yyyy',
      minDocCount: 2,
      keyed: true,
      order: { by: 'key', descending: true },
      missing: Date.UTC(2024, 4, 30, 22),
      extendedBounds: { min: Date.UTC(2024, 4, 29, 22), max: Date.UTC(2024, 5, 29, 22) },
      hardBounds: { min: 0 },
    },
  ],
];

for (const [aggregation, expected] of rows) {
  test(`aggregations: ${JSON.stringify(aggregation)}`, () => {
    assert.deepEqual(parse({ aggs: { a: aggregation } }), { a: expected });
    assert.deepEqual(parse({ aggregations: { a: aggregation } }), { a: expected });
  });
}

// Each row: one aggregation, its fault below /aggs/a, facts that must be in the detail.
const faults: [aggregation: unknown, code: string, at: string, facts?: Readonly<Record<string, unknown>>][] = [
  [5, 'REQUEST_TYPE_WRONG', ''],
  [{}, 'REQUEST_VALUE_INVALID', '', { allowed: callerKinds }],
  [{ min: { field: 'year' }, max: { field: 'year' } }, 'REQUEST_VALUE_INVALID', ''],
  [{ median: { field: 'year' } }, 'AGGREGATION_UNKNOWN', '/median', { aggregation: 'median', allowed: callerKinds }],
  [{ max: {} }, 'REQUEST_FIELD_MISSING', '/max', { field: 'field' }],
  [{ max: { field: 'tag' } }, 'FIELD_KIND_WRONG', '/max/field', { allowed: ['integer', 'float', 'date'] }],
  [{ max: { field: 'draft' } }, 'FIELD_KIND_WRONG', '/max/field'],
  [{ value_count: { field: 'body' } }, 'FIELD_KIND_WRONG', '/value_count/field'],
  [{ max: { field: 'year' }, aggs: {} }, 'REQUEST_FIELD_UNKNOWN', '/aggs'],
  [{ cardinality: { field: 'body' } }, 'FIELD_KIND_WRONG', '/cardinality/field'],
  [{ cardinality: { field: 'tag' }, aggs: {} }, 'REQUEST_FIELD_UNKNOWN', '/aggs'],
  [
    { cardinality: { field: 'tag', precision_threshold: 40_001 } },
    'REQUEST_VALUE_INVALID',
    '/cardinality/precision_threshold',
    { max: 40_000 },
  ],
  [{ max: { field: 'year', missing: 'x' } }, 'REQUEST_TYPE_WRONG', '/max/missing'],
  [{ max: { field: 'year', missing: 1.5 } }, 'REQUEST_VALUE_INVALID', '/max/missing'],
  [{ cardinality: { field: 'tag', missing: 1 } }, 'REQUEST_TYPE_WRONG', '/cardinality/missing'],
  [{ extended_stats: { field: 'tag' } }, 'FIELD_KIND_WRONG', '/extended_stats/field'],
  [{ extended_stats: { field: 'year', sigma: -1 } }, 'REQUEST_VALUE_INVALID', '/extended_stats/sigma'],
  [{ weighted_avg: { value: { field: 'year' } } }, 'REQUEST_FIELD_MISSING', '/weighted_avg', { field: 'weight' }],
  [
    { weighted_avg: { value: { field: 'year' }, weight: { field: 'tag' } } },
    'FIELD_KIND_WRONG',
    '/weighted_avg/weight/field',
  ],
  [{ weighted_avg: { value: { script: '1' }, weight: {} } }, 'REQUEST_FIELD_UNKNOWN', '/weighted_avg/value/script'],
  [{ percentiles: { field: 'draft' } }, 'FIELD_KIND_WRONG', '/percentiles/field'],
  [{ percentiles: { field: 'year', percents: [] } }, 'REQUEST_VALUE_INVALID', '/percentiles/percents'],
  [{ percentiles: { field: 'year', percents: [5, 5] } }, 'REQUEST_VALUE_INVALID', '/percentiles/percents'],
  [{ percentiles: { field: 'year', percents: [5, 101] } }, 'REQUEST_VALUE_INVALID', '/percentiles/percents/1'],
  [
    { percentiles: { field: 'year', percents: Array.from({ length: 1001 }, (_, i) => i / 100) } },
    'REQUEST_VALUE_INVALID',
    '/percentiles/percents',
    { limit: 1000, actual: 1001 },
  ],
  [{ percentiles: { field: 'year', tdigest: {} } }, 'REQUEST_FIELD_UNKNOWN', '/percentiles/tdigest'],
  [{ percentile_ranks: { field: 'year' } }, 'REQUEST_FIELD_MISSING', '/percentile_ranks', { field: 'values' }],
  [{ percentile_ranks: { field: 'year', values: ['x'] } }, 'REQUEST_TYPE_WRONG', '/percentile_ranks/values/0'],
  [{ percentile_ranks: { field: 'seen', values: ['x'] } }, 'REQUEST_VALUE_INVALID', '/percentile_ranks/values/0'],
  [
    { percentile_ranks: { field: 'seen', values: ['1970-01-02', 86_400_000] } },
    'REQUEST_VALUE_INVALID',
    '/percentile_ranks/values',
  ],
  [{ percentile_ranks: { field: 'year', values: [1], keyed: 1 } }, 'REQUEST_TYPE_WRONG', '/percentile_ranks/keyed'],
  [{ top_metrics: { metrics: { field: 'year' } } }, 'REQUEST_FIELD_MISSING', '/top_metrics', { field: 'sort' }],
  [{ top_metrics: { metrics: [], sort: 'year' } }, 'REQUEST_VALUE_INVALID', '/top_metrics/metrics'],
  [
    { top_metrics: { metrics: [{ field: 'year' }, { field: 'year' }], sort: 'year' } },
    'REQUEST_VALUE_INVALID',
    '/top_metrics/metrics',
  ],
  [{ top_metrics: { metrics: { field: 'body' }, sort: 'year' } }, 'FIELD_KIND_WRONG', '/top_metrics/metrics/field'],
  [{ top_metrics: { metrics: { field: 'year' }, sort: '_score' } }, 'REQUEST_VALUE_INVALID', '/top_metrics/sort'],
  [
    { top_metrics: { metrics: { field: 'year' }, sort: ['year', 'price'] } },
    'REQUEST_VALUE_INVALID',
    '/top_metrics/sort',
  ],
  [{ top_metrics: { metrics: { field: 'year' }, sort: 'tag' } }, 'FIELD_KIND_WRONG', '/top_metrics/sort'],
  [
    { top_metrics: { metrics: { field: 'year' }, sort: 'year', size: 101 } },
    'REQUEST_VALUE_INVALID',
    '/top_metrics/size',
    { max: 100 },
  ],
  [{ top_hits: { size: 101 } }, 'RESULT_WINDOW_TOO_LARGE', '/top_hits', { limit: 100, actual: 101 }],
  [{ top_hits: { from: 99, size: 2 } }, 'RESULT_WINDOW_TOO_LARGE', '/top_hits', { limit: 100, actual: 101 }],
  [{ top_hits: { size: -1 } }, 'REQUEST_VALUE_INVALID', '/top_hits/size'],
  [{ top_hits: { from: '1' } }, 'REQUEST_TYPE_WRONG', '/top_hits/from'],
  [{ top_hits: { sort: 'body' } }, 'FIELD_KIND_WRONG', '/top_hits/sort'],
  [{ top_hits: { sort: [{ none: 'asc' }] } }, 'FIELD_UNKNOWN', '/top_hits/sort/0/none'],
  [{ top_hits: { _source: 1 } }, 'REQUEST_TYPE_WRONG', '/top_hits/_source'],
  [{ top_hits: { highlight: {} } }, 'REQUEST_FIELD_UNKNOWN', '/top_hits/highlight'],
  [{ top_hits: {}, aggs: { x: { sum: { field: 'year' } } } }, 'REQUEST_FIELD_UNKNOWN', '/aggs'],
  [
    { terms: { field: 'tag', order: { h: 'asc' } }, aggs: { h: { top_hits: {} } } },
    'REQUEST_VALUE_INVALID',
    '/terms/order/h',
  ],
  [{ terms: { field: 'title' } }, 'FIELD_KIND_WRONG', '/terms/field', { use: ['title.raw'] }],
  [{ terms: { field: 'tag', size: 0 } }, 'REQUEST_VALUE_INVALID', '/terms/size'],
  [{ terms: { field: 'tag', size: 65_537 } }, 'REQUEST_VALUE_INVALID', '/terms/size', { max: 65_536 }],
  [{ terms: { field: 'tag', shard_size: 9 } }, 'REQUEST_VALUE_INVALID', '/terms/shard_size', { min: 10 }],
  [{ terms: { field: 'tag', accuracy: 'best' } }, 'REQUEST_VALUE_INVALID', '/terms/accuracy'],
  [{ terms: { field: 'tag', accuracy: true } }, 'REQUEST_TYPE_WRONG', '/terms/accuracy'],
  ...['bounded', 'exact'].flatMap((accuracy): (typeof faults)[number][] => [
    [
      { filter: { match_all: {} }, aggs: { t: { terms: { field: 'tag', accuracy } } } },
      'REQUEST_VALUE_INVALID',
      '/aggs/t/terms/accuracy',
    ],
    [
      {
        terms: { field: 'tag' },
        aggs: { t: { multi_terms: { terms: [{ field: 'tag' }, { field: 'year' }], accuracy } } },
      },
      'REQUEST_VALUE_INVALID',
      '/aggs/t/multi_terms/accuracy',
    ],
  ]),
  [{ terms: { field: 'tag', order: { _count: 'up' } } }, 'REQUEST_VALUE_INVALID', '/terms/order/_count'],
  [{ terms: { field: 'tag', order: {} } }, 'REQUEST_VALUE_INVALID', '/terms/order'],
  [{ terms: { field: 'tag', order: '_count' } }, 'REQUEST_TYPE_WRONG', '/terms/order'],
  [{ terms: { field: 'tag', order: [{ _key: 'asc' }, {}] } }, 'REQUEST_VALUE_INVALID', '/terms/order/1'],
  ...(
    [
      ['m', {}],
      ['x', below],
      ['s', below],
      ['s.median', below],
      ['m.max', below],
      ['t', below],
      ['t>m', below],
      ['x>m', below],
      ['toString', below],
    ] as const
  ).map(([text, aggs]): [object, string, string] => [
    { terms: { field: 'tag', order: { [text]: 'asc' } }, aggs },
    'REQUEST_VALUE_INVALID',
    `/terms/order/${text}`,
  ]),
  [{ terms: { field: 'tag', include: 'a(' } }, 'REQUEST_VALUE_INVALID', '/terms/include'],
  [{ terms: { field: 'tag', include: '.*a.{12}' } }, 'REQUEST_VALUE_INVALID', '/terms/include'],
  [{ terms: { field: 'tag', include: ['a', 1] } }, 'REQUEST_TYPE_WRONG', '/terms/include/1'],
  [
    { terms: { field: 'tag', include: { partition: 2, num_partitions: 2 } } },
    'REQUEST_VALUE_INVALID',
    '/terms/include/partition',
  ],
  [{ terms: { field: 'tag', include: { partition: 0 } } }, 'REQUEST_FIELD_MISSING', '/terms/include'],
  [{ terms: { field: 'tag', exclude: { partition: 0, num_partitions: 2 } } }, 'REQUEST_TYPE_WRONG', '/terms/exclude'],
  [{ terms: { field: 'year', include: '1.*' } }, 'REQUEST_TYPE_WRONG', '/terms/include'],
  [{ terms: { field: 'year', missing: 'none' } }, 'REQUEST_TYPE_WRONG', '/terms/missing'],
  [{ terms: { field: 'tag', show_term_doc_count_error: 1 } }, 'REQUEST_TYPE_WRONG', '/terms/show_term_doc_count_error'],
  [{ multi_terms: {} }, 'REQUEST_FIELD_MISSING', '/multi_terms', { field: 'terms' }],
  [{ multi_terms: { terms: [{ field: 'tag' }] } }, 'REQUEST_VALUE_INVALID', '/multi_terms/terms'],
  [{ multi_terms: { terms: [{ field: 'tag' }, { field: 'body' }] } }, 'FIELD_KIND_WRONG', '/multi_terms/terms/1/field'],
  [
    { multi_terms: { terms: Array.from({ length: 17 }, () => ({ field: 'tag' })) } },
    'REQUEST_VALUE_INVALID',
    '/multi_terms/terms',
    { limit: 16 },
  ],
  [{ composite: { sources: [] } }, 'REQUEST_VALUE_INVALID', '/composite/sources'],
  [
    { composite: { sources: [{ a: { geotile_grid: { field: 'tag' } } }] } },
    'REQUEST_VALUE_INVALID',
    '/composite/sources/0/a/geotile_grid',
  ],
  [
    { composite: { sources: [{ a: { terms: { field: 'tag' } }, b: {} }] } },
    'REQUEST_VALUE_INVALID',
    '/composite/sources/0',
  ],
  [
    { composite: { sources: [{ a: { terms: { field: 'tag' } } }, { a: { terms: { field: 'year' } } }] } },
    'REQUEST_VALUE_INVALID',
    '/composite/sources/1/a',
  ],
  [
    { composite: { sources: [{ a: { terms: { field: 'tag', missing_order: 'first' } } }] } },
    'REQUEST_VALUE_INVALID',
    '/composite/sources/0/a/terms/missing_order',
  ],
  [
    { composite: { sources: [{ a: { terms: { field: 'tag', interval: 1 } } }] } },
    'REQUEST_FIELD_UNKNOWN',
    '/composite/sources/0/a/terms/interval',
  ],
  [
    { composite: { sources: [{ a: { histogram: { field: 'tag', interval: 1 } } }] } },
    'FIELD_KIND_WRONG',
    '/composite/sources/0/a/histogram/field',
  ],
  [
    { composite: { sources: [{ a: { histogram: { field: 'year', interval: 0 } } }] } },
    'REQUEST_VALUE_INVALID',
    '/composite/sources/0/a/histogram/interval',
  ],
  [
    { composite: { sources: [{ a: { date_histogram: { field: 'year', calendar_interval: 'day' } } }] } },
    'FIELD_KIND_WRONG',
    '/composite/sources/0/a/date_histogram/field',
  ],
  [
    { composite: { sources: [{ a: { date_histogram: { field: 'seen' } } }] } },
    'REQUEST_FIELD_MISSING',
    '/composite/sources/0/a/date_histogram',
  ],
  [
    { composite: { sources: [{ a: { date_histogram: { field: 'seen', fixed_interval: '1M' } } }] } },
    'REQUEST_VALUE_INVALID',
    '/composite/sources/0/a/date_histogram/fixed_interval',
  ],
  [
    { composite: { sources: [{ a: { date_histogram: { ...ofDay, time_zone: 'Mars/Base' } } }] } },
    'REQUEST_VALUE_INVALID',
    '/composite/sources/0/a/date_histogram/time_zone',
  ],
  [
    { composite: { sources: [{ a: { date_histogram: ofDay } }], after: { a: 'soon' } } },
    'REQUEST_VALUE_INVALID',
    '/composite/after/a',
  ],
  [
    { composite: { sources: [{ a: { terms: { field: 'tag' } } }], after: {} } },
    'REQUEST_FIELD_MISSING',
    '/composite/after',
    { field: 'a' },
  ],
  [
    { composite: { sources: [{ a: { terms: { field: 'tag' } } }], after: { a: null } } },
    'REQUEST_TYPE_WRONG',
    '/composite/after/a',
  ],
  [
    { composite: { sources: [{ a: { terms: { field: 'tag' } } }], after: { a: 'x', b: 'y' } } },
    'REQUEST_FIELD_UNKNOWN',
    '/composite/after/b',
  ],
  [
    { terms: { field: 'tag' }, aggs: { c: { composite: { sources: [{ a: { terms: { field: 'tag' } } }] } } } },
    'REQUEST_VALUE_INVALID',
    '/aggs/c/composite',
  ],
  [{ terms: { field: 'tag', min_doc_count: -1 } }, 'REQUEST_VALUE_INVALID', '/terms/min_doc_count'],
  [
    { terms: { field: 'tag' }, aggs: { b: { terms: { field: 'tag', min_doc_count: 0 } } } },
    'REQUEST_VALUE_INVALID',
    '/aggs/b/terms/min_doc_count',
  ],
  [
    { multi_terms: { terms: [{ field: 'tag' }, { field: 'year' }], min_doc_count: 0 } },
    'REQUEST_VALUE_INVALID',
    '/multi_terms/min_doc_count',
  ],
  [{ terms: { field: 'tag' }, meta: {} }, 'REQUEST_VALUE_INVALID', ''],
  [{ histogram: { field: 'tag', interval: 1 } }, 'FIELD_KIND_WRONG', '/histogram/field'],
  [{ histogram: { field: 'year' } }, 'REQUEST_FIELD_MISSING', '/histogram', { field: 'interval' }],
  [{ histogram: { field: 'year', interval: 0 } }, 'REQUEST_VALUE_INVALID', '/histogram/interval'],
  [{ histogram: { field: 'year', interval: 5, offset: 5 } }, 'REQUEST_VALUE_INVALID', '/histogram/offset'],
  [{ histogram: { field: 'year', interval: 5, offset: -1 } }, 'REQUEST_VALUE_INVALID', '/histogram/offset'],
  [{ histogram: { field: 'year', interval: 5, order: { m: 'asc' } } }, 'REQUEST_FIELD_UNKNOWN', '/histogram/order/m'],
  [{ histogram: { field: 'year', interval: 5, missing: '1' } }, 'REQUEST_TYPE_WRONG', '/histogram/missing'],
  [
    { histogram: { field: 'year', interval: 5, extended_bounds: { min: 2, max: 1 } } },
    'REQUEST_VALUE_INVALID',
    '/histogram/extended_bounds',
  ],
  [
    { histogram: { field: 'year', interval: 5, extended_bounds: { min: 2 }, hard_bounds: { min: 3 } } },
    'REQUEST_VALUE_INVALID',
    '/histogram/extended_bounds',
  ],
  [{ date_histogram: { ...ofDay, field: 'year' } }, 'FIELD_KIND_WRONG', '/date_histogram/field', { allowed: ['date'] }],
  [{ date_histogram: { field: 'seen' } }, 'REQUEST_FIELD_MISSING', '/date_histogram'],
  [
    { date_histogram: { ...ofDay, fixed_interval: '1d' } },
    'REQUEST_VALUE_INVALID',
    '/date_histogram',
    { actual: 'both' },
  ],
  [{ date_histogram: { ...ofDay, interval: 'day' } }, 'REQUEST_FIELD_UNKNOWN', '/date_histogram/interval'],
  ...['2d', 'fortnight', '', '1D'].map((text): [unknown, string, string] => [
    { date_histogram: { field: 'seen', calendar_interval: text } },
    'REQUEST_VALUE_INVALID',
    '/date_histogram/calendar_interval',
  ]),
  ...['0s', '1M', 'month', '2w', '1.5h', '-1h', '1000001d', 'h', '1 h'].map((text): [unknown, string, string] => [
    { date_histogram: { field: 'seen', fixed_interval: text } },
    'REQUEST_VALUE_INVALID',
    '/date_histogram/fixed_interval',
  ]),
  ...['Mars/Base', '+25:00', '+18:01', '+2', '', '2024-01-01T00:00[Europe/Paris]', 'T00:00Z'].map(
    (text): [unknown, string, string] => [
      { date_histogram: { ...ofDay, time_zone: text } },
      'REQUEST_VALUE_INVALID',
      '/date_histogram/time_zone',
    ],
  ),
  ...['1M', 'day', true, 0.5].map((offset): [unknown, string, string] => [
    { date_histogram: { ...ofDay, offset } },
    'REQUEST_VALUE_INVALID',
    '/date_histogram/offset',
  ]),
  ...['yyyy-bb', "yyyy'", 'strict_date_of_birth', '', 'MMMMM'].map((format): [unknown, string, string] => [
    { date_histogram: { ...ofDay, format } },
    'REQUEST_VALUE_INVALID',
    '/date_histogram/format',
  ]),
  ...['tomorrow', 'now+', 'now-1x', '2024-02-30', '2024-01-01||/2d', 'now+900000y'].map(
    (missing): [unknown, string, string] => [
      { date_histogram: { ...ofDay, missing } },
      'REQUEST_VALUE_INVALID',
      '/date_histogram/missing',
    ],
  ),
  [{ date_histogram: { ...ofDay, format: 'YYYY', missing: '24' } }, 'REQUEST_VALUE_INVALID', '/date_histogram/missing'],
  [
    { date_histogram: { ...ofDay, hard_bounds: { min: null } } },
    'REQUEST_TYPE_WRONG',
    '/date_histogram/hard_bounds/min',
  ],
  [{ terms: { field: 'tag' }, aggs: { b: { avg: 1 } } }, 'REQUEST_TYPE_WRONG', '/aggs/b/avg'],
  [{ terms: { field: 'tag' }, aggs: {}, aggregations: {} }, 'REQUEST_VALUE_INVALID', ''],
  ...[{ filter: { match_all: {} } }, { missing: { field: 'tag' } }, { global: {} }].map(
    (one): [unknown, string, string] => [
      { ...one, aggs: { buckets: { max: { field: 'year' } } } },
      'REQUEST_VALUE_INVALID',
      '',
    ],
  ),
  [{ filter: { nothing: {} } }, 'QUERY_CLAUSE_UNKNOWN', '/filter/nothing'],
  [{ filter: {} }, 'REQUEST_VALUE_INVALID', '/filter'],
  [{ filter: { term: { nowhere: 1 } } }, 'FIELD_UNKNOWN', '/filter/term/nowhere'],
  [{ missing: { field: 'nowhere' } }, 'FIELD_UNKNOWN', '/missing/field'],
  [{ missing: {} }, 'REQUEST_FIELD_MISSING', '/missing', { field: 'field' }],
  [{ global: { field: 'tag' } }, 'REQUEST_FIELD_UNKNOWN', '/global/field'],
  [{ terms: { field: 'tag' }, aggs: { g: { global: {} } } }, 'REQUEST_VALUE_INVALID', '/aggs/g/global'],
  [{ filter: { match_all: {} }, aggs: { g: { global: {} } } }, 'REQUEST_VALUE_INVALID', '/aggs/g/global'],
  [{ filters: {} }, 'REQUEST_FIELD_MISSING', '/filters', { field: 'filters' }],
  [{ filters: { filters: {} } }, 'REQUEST_VALUE_INVALID', '/filters/filters'],
  [{ filters: { filters: [] } }, 'REQUEST_VALUE_INVALID', '/filters/filters'],
  [{ filters: { filters: 'a' } }, 'REQUEST_TYPE_WRONG', '/filters/filters'],
  [{ filters: { filters: [{ match_all: {} }, { no: 1 }] } }, 'QUERY_CLAUSE_UNKNOWN', '/filters/filters/1/no'],
  [{ filters: { filters: { a: { no: 1 } } } }, 'QUERY_CLAUSE_UNKNOWN', '/filters/filters/a/no'],
  [{ filters: { filters: [{ match_all: {} }], keyed: 1 } }, 'REQUEST_TYPE_WRONG', '/filters/keyed'],
  [{ filters: { filters: { _other_: { match_all: {} } }, other_bucket: true } }, 'REQUEST_VALUE_INVALID', '/filters'],
];

for (const [aggregation, code, at, facts] of faults) {
  test(`aggregations: refuses ${JSON.stringify(aggregation)}`, () =>
    assertFault(() => parse({ aggs: { a: aggregation } }), `${code} /aggs/a${at}`, facts));
}

test('aggregations: refuses names that no response can hold', () => {
  for (const name of ['', '__proto__', 'a>b', 'a[0]', 'x'.repeat(101)]) {
    const aggs = Object.fromEntries([[name, { max: { field: 'year' } }]]);
    assertFault(() => parse({ aggs }), `REQUEST_VALUE_INVALID /aggs/${name}`);
  }
});

test('aggregations: takes 5 levels and no more', () => {
  const nested = (levels: number): object => {
    let aggs: object = {};
    for (let level = 0; level < levels; level++) aggs = { a: { terms: { field: 'tag' }, aggs } };
    return aggs;
  };
  assert.doesNotThrow(() => parse({ aggs: nested(5) }));
  assertFault(() => parse({ aggs: nested(100_000) }), `REQUEST_VALUE_INVALID /aggs${'/a/aggs'.repeat(5)}`, {
    limit: 5,
    actual: 6,
  });
});

test('aggregations: takes 100 over all levels and no more', () => {
  const metrics = (count: number) =>
    Object.fromEntries(Array.from({ length: count }, (_, i) => [`m${i}`, { max: { field: 'year' } }]));
  const bodies = (count: number) => ({ t: { terms: { field: 'tag' }, aggs: metrics(count - 1) } });
  assert.doesNotThrow(() => parse({ aggs: bodies(100) }));
  assertFault(() => parse({ aggs: bodies(101) }), 'REQUEST_VALUE_INVALID /aggs/t/aggs/m99', {
    limit: 100,
    actual: 101,
  });
});

test('aggregations: their clauses count to those of the query', () => {
  const filters = (count: number) => Array.from({ length: count }, () => ({ match_all: {} }));
  const body = (count: number) => ({
    query: { bool: { filter: filters(1000) } },
    aggs: { a: { filter: { match_all: {} } }, b: { filters: { filters: filters(count) } } },
  });
  assert.doesNotThrow(() => parse(body(23)));
  assertFault(() => parse(body(24)), 'QUERY_TOO_MANY_CLAUSES /aggs/b/filters/filters/23/match_all', {
    limit: 1024,
    actual: 1025,
  });
});

test('readAggregations: an order is read without making the buckets that it passes', () => {
  const h = {
    date_histogram: { field: 'seen', fixed_interval: '1s', extended_bounds: { min: 0, max: 86_400_000 } },
  };
  // Finished, these buckets would be more than an answer may have.
  const f = { filter: { match_all: {} }, aggs: { h, m: { avg: { field: 'year' } } } };
  const { t } = parse({ aggs: { t: { terms: { field: 'tag', order: { 'f>m': 'asc' } }, aggs: { f } } } });
  assert.ok(t?.kind === 'terms');
  assert.deepEqual(t.order, [{ by: 'metric', path: ['f', 'm'], property: ['value'], descending: false }]);
});

// Each row: an order of terms, where in its result the number stands.
const numbersInOrders: [text: string, path: string[], property: string[]][] = [
  ['p.50', ['p'], ['values', '50.0']],
  ['p.50.0', ['p'], ['values', '50.0']],
  ['p[50]', ['p'], ['values', '50.0']],
  ['p.99.9', ['p'], ['values', '99.9']],
  ['p[99.9]', ['p'], ['values', '99.9']],
  ['list.99.9', ['list'], ['values', '1', 'value']],
  ['ranks[3]', ['ranks'], ['values', '3.0']],
  ['e.std_upper', ['e'], ['std_deviation_bounds', 'upper']],
  ['e[variance]', ['e'], ['variance']],
  ['s.avg', ['s'], ['avg']],
  ['f', ['f'], ['doc_count']],
  ['f._count', ['f'], ['doc_count']],
  ['f>_count', ['f'], ['doc_count']],
  ['f>p.50', ['f', 'p'], ['values', '50.0']],
];
const manyNumbers = {
  p: { percentiles: { field: 'year', percents: [50, 99.9] } },
  list: { percentiles: { field: 'year', percents: [50, 99.9], keyed: false } },
  ranks: { percentile_ranks: { field: 'year', values: [3] } },
  e: { extended_stats: { field: 'year' } },
  s: { stats: { field: 'year' } },
};
const numbersBelow = { ...manyNumbers, f: { filter: { match_all: {} }, aggs: manyNumbers } };
for (const [text, path, property] of numbersInOrders) {
  test(`readAggregations: an order by ${text}`, () => {
    const { t } = parse({ aggs: { t: { terms: { field: 'tag', order: { [text]: 'desc' } }, aggs: numbersBelow } } });
    assert.ok(t?.kind === 'terms');
    assert.deepEqual(t.order, [{ by: 'metric', path, property, descending: true }]);
  });
}
for (const text of ['p', 'p.98', 'p.', 'e.std_deviation_bounds', 'e.upper', 'f.avg', 'list.value']) {
  test(`readAggregations: no order by ${text}`, () => {
    const aggs = { t: { terms: { field: 'tag', order: { [text]: 'desc' } }, aggs: numbersBelow } };
    assertFault(() => parse({ aggs }), `REQUEST_VALUE_INVALID /aggs/t/terms/order/${text}`);
  });
}
