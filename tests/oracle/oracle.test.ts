/** The oracle is proved by hand: small tables whose expected side was worked out on paper. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { IndexSchema } from '../../shared/schema/schema.ts';
import type { JsonObject } from './json.ts';
import { Oracle } from './oracle.ts';

const schema: IndexSchema = {
  dynamic: 'strict',
  fields: {
    t: { kind: 'text', fields: { raw: { kind: 'keyword' } } },
    k: { kind: 'keyword' },
    n: { kind: 'integer' },
    f: { kind: 'float' },
    b: { kind: 'boolean' },
    d: { kind: 'date' },
    'o.n': { kind: 'integer' },
  },
};

function oracleOf(documents: Readonly<Record<string, JsonObject>>): Oracle {
  const oracle = new Oracle({ index: 'test', schema, shards: 1 });
  for (const [key, source] of Object.entries(documents)) oracle.put(key, source);
  return oracle;
}

function keysFor(oracle: Oracle, body: JsonObject): string {
  return oracle
    .search(body)
    .ranking.map((hit) => hit.document.key)
    .join(' ');
}

/** Matching documents in the order of arrival. */
const matching = (oracle: Oracle, query: JsonObject): string => keysFor(oracle, { query, sort: '_doc' });

const zoo = oracleOf({
  a: { t: 'Cat and dog', k: 'x', n: 1, f: 0.5, b: true, d: '2024-01-01', o: { n: 1 } },
  b: { t: ['cat', 'fox'], k: ['x', 'y'], n: [5, -5], b: false, d: 0, o: [{ n: 2 }, { n: [3, 4] }] },
  c: { t: '', k: '', n: null, f: -2, o: null },
  d: { k: [], t: 'Fox-trot!', n: 10, f: [1, 1], b: [true, false] },
});

test('search: a backslash in a wildcard takes a line break as it is, too', () => {
  const lines = oracleOf({ a: { k: 'x\ny' }, b: { k: 'x\\\ny' } });
  assert.equal(matching(lines, { wildcard: { k: 'x\\\n*' } }), 'a');
  assert.equal(matching(lines, { wildcard: { k: 'x\\\\\n*' } }), 'b');
});

test('search: each clause matches the documents it should', () => {
  const rows: [name: string, query: JsonObject, expected: string][] = [
    ['match_all', { match_all: {} }, 'a b c d'],
    ['match any word, analysed', { match: { t: 'CAT, trot' } }, 'a b d'],
    ['match all words', { match: { t: { query: 'cat dog', operator: 'and' } } }, 'a'],
    ['match over the values of an array', { match: { t: { query: 'fox cat', operator: 'and' } } }, 'b'],
    ['match without a word', { match: { t: ' -- ' } }, ''],
    ['match a keyword whole', { match: { 't.raw': 'Cat and dog' } }, 'a'],
    ['match a keyword in part', { match: { 't.raw': 'Cat' } }, ''],
    ['match a number', { match: { n: 5 } }, 'b'],
    ['term of a text', { term: { t: 'cat' } }, 'a b'],
    ['term of a text is not analysed', { term: { t: 'Cat' } }, ''],
    ['term, long form', { term: { k: { value: 'y' } } }, 'b'],
    ['term of the empty keyword', { term: { k: '' } }, 'c'],
    ['term of a boolean', { term: { b: true } }, 'a d'],
    ['term of a date in milliseconds', { term: { d: 1_704_067_200_000 } }, 'a'],
    ['term of a date as text', { term: { d: '1970-01-01T02:00:00+02:00' } }, 'b'],
    ['terms of a keyword', { terms: { k: ['', 'y'] } }, 'b c'],
    ['terms of a text', { terms: { t: ['dog', 'trot'] } }, 'a d'],
    ['terms of a number', { terms: { n: [1, 10] } }, 'a d'],
    ['terms of nothing', { terms: { n: [] } }, ''],
    ['range, inclusive', { range: { n: { gte: 1, lte: 5 } } }, 'a b'],
    ['range, exclusive', { range: { n: { gt: 1, lt: 10 } } }, 'b'],
    ['range must hold for one value, not for two', { range: { n: { gt: -5, lt: 5 } } }, 'a'],
    ['range of a keyword', { range: { k: { gt: '', lt: 'y' } } }, 'a b'],
    ['range of dates', { range: { d: { gte: '2024-01-01' } } }, 'a'],
    ['range of an array of objects', { range: { 'o.n': { gte: 4 } } }, 'b'],
    ['prefix of a text', { prefix: { t: 'do' } }, 'a'],
    ['prefix of a keyword', { prefix: { 't.raw': 'Fo' } }, 'd'],
    ['empty prefix wants a term', { prefix: { t: '' } }, 'a b d'],
    ['exists: an empty string is a value', { exists: { field: 't' } }, 'a b c d'],
    ['exists: null and absent are none', { exists: { field: 'n' } }, 'a b d'],
    ['exists: an empty array is none', { exists: { field: 'k' } }, 'a b c'],
    ['ids', { ids: { values: ['d', 'a', 'none'] } }, 'a d'],
    ['bool: empty', { bool: {} }, 'a b c d'],
    ['bool: must and filter', { bool: { must: [{ term: { k: 'x' } }], filter: { term: { b: true } } } }, 'a'],
    ['bool: should alone wants one', { bool: { should: [{ term: { k: 'y' } }, { term: { n: 10 } }] } }, 'b d'],
    ['bool: should beside filter is optional', { bool: { filter: { exists: { field: 'k' } }, should: [] } }, 'a b c'],
    ['bool: should beside must_not wants one', { bool: { should: { term: { k: 'x' } }, must_not: [] } }, 'a b'],
    ['bool: must_not alone', { bool: { must_not: { term: { k: 'x' } } } }, 'c d'],
    ['bool: nested', { bool: { must_not: { bool: { must_not: { term: { k: 'x' } } } } } }, 'a b'],
  ];
  for (const [name, query, expected] of rows) assert.equal(matching(zoo, query), expected, name);
});

// Five documents, of which four have terms in t, with 2, 4, 1 and 1 of them: on average 2.
const scored = oracleOf({
  a: { t: 'cat dog', k: ['x', 'x'] },
  b: { t: ['cat cat', 'fox fox'], k: 'y' },
  c: { t: 'dog', k: 'y' },
  d: { t: '' },
  e: { t: 'owl' },
});

test('search: scores are those worked out by hand', () => {
  // N = 4, n = 2 for cat and dog: ln(1 + 2.5 / 2.5) = ln 2. n = 1 for fox: ln(1 + 3.5 / 1.5) = ln(10 / 3).
  const two = Math.LN2;
  const one = 1.2039728043259361;
  // The length 2 gives tf + 1.2; 4 gives tf + 1.2 × 1.75 = tf + 2.1; 1 gives tf + 1.2 × 0.625 = tf + 0.75.
  const catInA = two / 2.2;
  const catInB = (two * 2) / 4.1;
  const foxInB = (one * 2) / 4.1;
  const dogInC = two / 1.75;
  // In k, N = 3: x in one document, ln(1 + 2.5 / 1.5) = ln(8 / 3); y in two, ln(1 + 1.5 / 2.5) = ln 1.6.
  const x = 0.9808292530117262 / 2.2;
  const y = 0.47000362924573563 / 2.2;
  const cat: JsonObject = { term: { t: 'cat' } };
  const rows: [name: string, query: JsonObject, expected: Record<string, number>][] = [
    ['a term', cat, { b: catInB, a: catInA }],
    [
      'words add up, as often as they are written',
      { match: { t: 'cat fox CAT' } },
      { b: 2 * catInB + foxInB, a: 2 * catInA },
    ],
    ['a longer text counts less', { match: { t: 'dog' } }, { c: dogInC, a: catInA }],
    ['a keyword: repeats and length say nothing', { terms: { k: ['x'] } }, { a: 1 }],
    ['a keyword term', { term: { k: 'x' } }, { a: x }],
    ['a frequent keyword', { match: { k: 'y' } }, { b: y, c: y }],
    ['must and should add up', { bool: { must: cat, should: { term: { k: 'y' } } } }, { b: catInB + y, a: catInA }],
    ['filter counts nothing', { bool: { filter: cat } }, { a: 0, b: 0 }],
    ['must_not counts nothing', { bool: { must_not: cat } }, { c: 0, d: 0, e: 0 }],
    ['the rest counts 1', { bool: { must: [{ exists: { field: 'k' } }, { prefix: { t: 'fo' } }] } }, { b: 2 }],
  ];
  for (const [name, query, expected] of rows) {
    const { ranking } = scored.search({ query });
    assert.deepEqual(
      ranking.map((hit) => hit.document.key),
      Object.keys(expected),
      name,
    );
    for (const hit of ranking) {
      assert.ok(Math.abs(hit.score - expected[hit.document.key]!) < 1e-12, `${name}: ${hit.document.key} ${hit.score}`);
    }
  }
});

test('search: sorts by values, then by arrival, missing ones last', () => {
  const oracle = oracleOf({
    a: { n: [3, 9], k: '\u{1d4b3}' },
    b: { n: 5, k: '\uffee' },
    c: { k: ['z', 'b'] },
    d: { n: 5 },
  });
  const rows: [name: string, sort: JsonObject['sort'], expected: string][] = [
    ['ascending: the least value counts', 'n', 'a b d c'],
    ['descending: the greatest', [{ n: 'desc' }], 'a b d c'],
    ['missing last either way', [{ k: { order: 'desc' } }], 'a b c d'],
    ['strings by code point', ['k'], 'c b a d'],
    ['a second key', ['n', { k: 'desc' }], 'a b d c'],
    ['a second key that decides', [{ _score: 'asc' }, { _doc: 'desc' }], 'd c b a'],
    ['score is descending and all are equal', '_score', 'a b c d'],
  ];
  for (const [name, sort, expected] of rows) assert.equal(keysFor(oracle, { sort: sort! }), expected, name);
});

test('search: ties go to the lower shard and then to the earlier arrival', () => {
  const oracle = new Oracle({ index: 'test', schema, shards: 3 });
  for (let n = 20; n > 0; n--) oracle.put(`k${n}`, {});
  oracle.put('k20', {});
  const { ranking } = oracle.search({ size: 100 });
  const places = ranking.map(({ document }) => document.shard * 1000 + document.position);
  assert.deepEqual(
    places,
    places.toSorted((a, b) => a - b),
  );
  assert.equal(new Set(ranking.map((hit) => hit.document.shard)).size, 3);
  const last = ranking.find((hit) => hit.document.key === 'k20')!;
  assert.equal(last.document.position, 20, 'a document put again arrives anew');
});

test('put, delete and get: the last change counts', () => {
  const oracle = oracleOf({ a: { n: 1 }, b: { n: 2 } });
  oracle.put('a', { n: 3 });
  oracle.delete('b');
  oracle.delete('none');
  assert.deepEqual(oracle.get('a'), { n: 3 });
  assert.equal(oracle.get('b'), undefined);
  assert.equal(matching(oracle, { match_all: {} }), 'a');
  assert.equal(matching(oracle, { term: { n: 1 } }), '');
});

test('search: _source keeps what was asked for', () => {
  const source: JsonObject = { t: 'x', o: { n: [1, null] }, k: [], list: [{ a: 1, b: 2 }, { b: 3 }] };
  const rows: [filter: JsonObject['_source'], expected: JsonObject | undefined][] = [
    [true, source],
    [false, undefined],
    ['t', { t: 'x' }],
    [['o'], { o: { n: [1, null] } }],
    ['o.*', { o: { n: [1, null] } }],
    ['list.a', { list: [{ a: 1 }] }],
    [
      { includes: ['*'], excludes: ['list.b', 'o'] },
      { t: 'x', list: [{ a: 1 }] },
    ],
    [{ excludes: ['l*'] }, { t: 'x', o: { n: [1, null] } }],
    ['li', {}],
    ['list.*.c', {}],
  ];
  const oracle = oracleOf({ a: source });
  for (const [filter, expected] of rows) {
    const answer = oracle.search({ _source: filter! });
    assert.deepEqual(answer.sourceOf(answer.ranking[0]!), expected, JSON.stringify(filter));
  }
});

const sales = oracleOf({
  a: { k: ['x', 'x', 'y'], n: [1, 2], f: 0.5, b: true, d: 0 },
  b: { k: 'x', n: 12, f: 1.5, b: false, d: 86_400_000 },
  c: { k: 'z', n: -3, d: 86_400_000 },
  d: { n: 1 },
});

test('search: aggregations count what they should', () => {
  const bucket = (key: number | string, count: number, more: JsonObject = {}): JsonObject => ({
    key,
    ...more,
    doc_count: count,
  });
  const terms = (buckets: JsonObject[], other = 0): JsonObject => ({
    doc_count_error_upper_bound: 0,
    sum_other_doc_count: other,
    buckets,
  });
  const day = 86_400_000;
  const [first, second] = ['1970-01-01T00:00:00.000Z', '1970-01-02T00:00:00.000Z'];
  const rows: [name: string, request: JsonObject, expected: JsonObject][] = [
    ['min', { min: { field: 'n' } }, { value: -3 }],
    ['max', { max: { field: 'n' } }, { value: 12 }],
    ['sum counts every value', { sum: { field: 'n' } }, { value: 13 }],
    ['avg', { avg: { field: 'n' } }, { value: 13 / 5 }],
    ['stats', { stats: { field: 'f' } }, { count: 2, min: 0.5, max: 1.5, avg: 1, sum: 2 }],
    ['avg of nothing', { avg: { field: 'o.n' } }, { value: null }],
    ['sum of nothing', { sum: { field: 'o.n' } }, { value: 0 }],
    ['stats of nothing', { stats: { field: 'o.n' } }, { count: 0, min: null, max: null, avg: null, sum: 0 }],
    ['cardinality counts no repeats', { cardinality: { field: 'k' } }, { value: 3, error: 0 }],
    ['value_count counts repeats', { value_count: { field: 'k' } }, { value: 5 }],
    ['missing: of documents without a value', { sum: { field: 'f', missing: 10 } }, { value: 22 }],
    ['missing: a value that others have', { cardinality: { field: 'k', missing: 'x' } }, { value: 3, error: 0 }],
    [
      'extended_stats',
      { extended_stats: { field: 'f', sigma: 3 } },
      {
        count: 2,
        min: 0.5,
        max: 1.5,
        avg: 1,
        sum: 2,
        sum_of_squares: 2.5,
        variance: 0.25,
        variance_population: 0.25,
        variance_sampling: 0.5,
        std_deviation: 0.5,
        std_deviation_population: 0.5,
        std_deviation_sampling: Math.SQRT1_2,
        std_deviation_bounds: {
          upper: 2.5,
          lower: -0.5,
          upper_population: 2.5,
          lower_population: -0.5,
          upper_sampling: 1 + 3 * Math.SQRT1_2,
          lower_sampling: 1 - 3 * Math.SQRT1_2,
        },
      },
    ],
    [
      'weighted_avg: each value by the weight of its document',
      { weighted_avg: { value: { field: 'n' }, weight: { field: 'f', missing: 0 } } },
      { value: 19.5 / 2.5 },
    ],
    [
      'percentiles: between values, dates as text beside them',
      { percentiles: { field: 'd', percents: [100, 25] } },
      {
        values: {
          '25.0': day / 2,
          '25.0_as_string': '1970-01-01T12:00:00.000Z',
          '100.0': day,
          '100.0_as_string': second,
        },
        error: 0,
      },
    ],
    [
      'percentile_ranks: how many are at most as large',
      { percentile_ranks: { field: 'n', values: [1, 0.5], keyed: false } },
      {
        values: [
          { key: 0.5, value: 20 },
          { key: 1, value: 60 },
        ],
        error: 0,
      },
    ],
    [
      'top_metrics: equal ones by what is told, means of several numbers',
      { top_metrics: { metrics: [{ field: 'n' }, { field: 'k' }], sort: { d: { order: 'desc' } }, size: 3 } },
      {
        top: [
          { sort: [second], metrics: { n: -3, k: 'z' } },
          { sort: [second], metrics: { n: 12, k: 'x' } },
          { sort: [first], metrics: { n: 1.5, k: 'x' } },
        ],
      },
    ],
    [
      'terms: a document once per value, ties by key',
      { terms: { field: 'k' } },
      terms([bucket('x', 2), bucket('y', 1), bucket('z', 1)]),
    ],
    ['terms: size', { terms: { field: 'k', size: 1 } }, terms([bucket('x', 2)], 2)],
    [
      'terms: by key, descending',
      { terms: { field: 'n', order: { _key: 'desc' }, size: 2 } },
      terms([bucket(12, 1), bucket(2, 1)], 3),
    ],
    ['terms: min_doc_count', { terms: { field: 'n', min_doc_count: 2 } }, terms([bucket(1, 2)], 3)],
    [
      'terms of a boolean',
      { terms: { field: 'b' } },
      terms([bucket(0, 1, { key_as_string: 'false' }), bucket(1, 1, { key_as_string: 'true' })]),
    ],
    [
      'terms of a date',
      { terms: { field: 'd' } },
      terms([bucket(day, 2, { key_as_string: second }), bucket(0, 1, { key_as_string: first })]),
    ],
    [
      'histogram: gaps are filled, a document counts once in a bucket',
      { histogram: { field: 'n', interval: 5 } },
      { buckets: [bucket(-5, 1), bucket(0, 2), bucket(5, 0), bucket(10, 1)] },
    ],
    [
      'histogram: offset and min_doc_count',
      { histogram: { field: 'n', interval: 5, offset: 2, min_doc_count: 1 } },
      { buckets: [bucket(-3, 3), bucket(2, 1), bucket(12, 1)] },
    ],
    ['histogram of nothing', { histogram: { field: 'o.n', interval: 1 } }, { buckets: [] }],
    [
      'nested, in empty buckets too',
      { histogram: { field: 'f', interval: 0.5 }, aggs: { s: { sum: { field: 'n' } }, k: { terms: { field: 'k' } } } },
      {
        buckets: [
          bucket(0.5, 1, { s: { value: 3 }, k: terms([bucket('x', 1), bucket('y', 1)]) }),
          bucket(1, 0, { s: { value: 0 }, k: terms([]) }),
          bucket(1.5, 1, { s: { value: 12 }, k: terms([bucket('x', 1)]) }),
        ],
      },
    ],
  ];
  for (const [name, request, expected] of rows) {
    assert.deepEqual(sales.search({ size: 0, aggs: { a: request } }).aggregations, { a: expected }, name);
  }
});

test('search: aggregates what matches, not the page', () => {
  const body: JsonObject = { query: { term: { k: 'x' } }, size: 1, aggregations: { m: { max: { field: 'n' } } } };
  assert.deepEqual(sales.search(body).aggregations, { m: { value: 12 } });
  assert.equal(sales.search({ query: { term: { k: 'x' } } }).aggregations, undefined);
});

test('search: what the oracle does not know it refuses', () => {
  const rows: [name: string, body: JsonObject][] = [
    ['a property', { query: { match_all: {} }, collapse: true }],
    ['a clause', { query: { span_near: { t: 'x' } } }],
    ['an option of a clause', { query: { match: { t: { query: 'x', analyzer: 'simple' } } } }],
    ['a field', { query: { term: { nothing: 'x' } } }],
    ['an operand of the wrong kind', { query: { term: { n: '1' } } }],
    ['a range of a text', { query: { range: { t: { gt: 'a' } } } }],
    ['a sort by text', { sort: 't' }],
    ['an aggregation', { aggs: { a: { median: { field: 'n' } } } }],
    ['a sum of keywords', { aggs: { a: { sum: { field: 'k' } } } }],
    ['an order of terms', { aggs: { a: { terms: { field: 'k', order: { _count: 'up' } } } } }],
  ];
  for (const [name, body] of rows) assert.throws(() => zoo.search(body), Error, name);
});
