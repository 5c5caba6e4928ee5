import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AggregationRequest } from '../../shared/aggregation/definition.ts';
import { parseSearchBody } from './parse-search-body.ts';
import { aggregationKinds } from './aggregations/table.ts';
import { assertFault, testSchema } from './test-schema.ts';

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
  order: 'count',
  minDocCount: 1,
  aggregations: {},
  ...part,
});
const histogram = { kind: 'histogram', field: 'price', show: 'plain', interval: 5, offset: 0, minDocCount: 0 };
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

// Each row: one aggregation, the request it makes.
const rows: [aggregation: unknown, expected: object][] = [
  [{ max: { field: 'year' } }, maxYear],
  [{ stats: { field: 'seen' } }, { kind: 'stats', field: 'seen', values: 'number' }],
  [{ value_count: { field: 'tag' } }, { kind: 'value_count', field: 'tag', values: 'string' }],
  [
    { cardinality: { field: 'tag' } },
    { kind: 'cardinality', field: 'tag', values: 'string', precisionThreshold: 3000 },
  ],
  [
    { cardinality: { field: 'draft', precision_threshold: 0 } },
    { kind: 'cardinality', field: 'draft', values: 'number', precisionThreshold: 0 },
  ],
  [{ terms: { field: 'tag' } }, termsOf({})],
  [{ terms: { field: 'tag', size: 20_000 } }, termsOf({ size: 20_000, shardSize: 20_000 })],
  [{ terms: { field: 'tag', size: 3, shard_size: 3 } }, termsOf({ size: 3, shardSize: 3 })],
  [{ terms: { field: 'tag', order: { _count: 'desc' } } }, termsOf({})],
  [{ terms: { field: 'tag', order: { _key: 'asc' } } }, termsOf({ order: 'keyAscending' })],
  [{ terms: { field: 'tag', order: { _key: 'desc' } } }, termsOf({ order: 'keyDescending' })],
  [{ terms: { field: 'draft' } }, termsOf({ field: 'draft', values: 'number', show: 'boolean' })],
  [{ terms: { field: 'seen' } }, termsOf({ field: 'seen', values: 'number', show: 'date' })],
  [{ terms: { field: 'tag' }, aggs: { m: { max: { field: 'year' } } } }, termsOf({ aggregations: { m: maxYear } })],
  [{ histogram: { field: 'price', interval: 5 } }, { ...histogram, aggregations: {} }],
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
  [{}, 'REQUEST_VALUE_INVALID', '', { allowed: aggregationKinds }],
  [{ min: { field: 'year' }, max: { field: 'year' } }, 'REQUEST_VALUE_INVALID', ''],
  [
    { median: { field: 'year' } },
    'AGGREGATION_UNKNOWN',
    '/median',
    { aggregation: 'median', allowed: aggregationKinds },
  ],
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
  [{ terms: { field: 'title' } }, 'FIELD_KIND_WRONG', '/terms/field', { use: ['title.raw'] }],
  [{ terms: { field: 'tag', size: 0 } }, 'REQUEST_VALUE_INVALID', '/terms/size'],
  [{ terms: { field: 'tag', size: 65_537 } }, 'REQUEST_VALUE_INVALID', '/terms/size', { max: 65_536 }],
  [{ terms: { field: 'tag', shard_size: 9 } }, 'REQUEST_VALUE_INVALID', '/terms/shard_size', { min: 10 }],
  [{ terms: { field: 'tag', order: { _count: 'asc' } } }, 'REQUEST_VALUE_INVALID', '/terms/order/_count'],
  [{ terms: { field: 'tag', order: { m: 'asc' } } }, 'REQUEST_FIELD_UNKNOWN', '/terms/order/m'],
  [{ terms: { field: 'tag', order: {} } }, 'REQUEST_VALUE_INVALID', '/terms/order'],
  [{ terms: { field: 'tag', min_doc_count: 0 } }, 'REQUEST_VALUE_INVALID', '/terms/min_doc_count'],
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
  [
    { date_histogram: { ...ofDay, format: 'YYYY', missing: '2024' } },
    'REQUEST_VALUE_INVALID',
    '/date_histogram/missing',
  ],
  [
    { date_histogram: { ...ofDay, hard_bounds: { min: null } } },
    'REQUEST_TYPE_WRONG',
    '/date_histogram/hard_bounds/min',
  ],
  [{ terms: { field: 'tag' }, aggs: { b: { avg: 1 } } }, 'REQUEST_TYPE_WRONG', '/aggs/b/avg'],
  [{ terms: { field: 'tag' }, aggs: {}, aggregations: {} }, 'REQUEST_VALUE_INVALID', ''],
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
