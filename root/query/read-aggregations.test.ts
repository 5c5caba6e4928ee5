import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AggregationRequest } from '../../shared/aggregation/definition.ts';
import { parseSearchBody } from './parse-search-body.ts';
import { pipelineKinds } from '../pipelines/table.ts';
import { aggregationKinds } from './aggregations/table.ts';
import { assertFault, testSchema } from './test-schema.ts';

const callerKinds = [...aggregationKinds, ...pipelineKinds];

const parse = (body: unknown) => parseSearchBody(body, testSchema, { timeoutMsMax: 1 }).aggregations;

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
const maxYear: AggregationRequest = { kind: 'max', field: 'year', values: 'number' };

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
  [{ terms: { field: 'tag' }, aggs: { b: { avg: 1 } } }, 'REQUEST_TYPE_WRONG', '/aggs/b/avg'],
  [{ terms: { field: 'tag' }, aggs: {}, aggregations: {} }, 'REQUEST_VALUE_INVALID', ''],
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
