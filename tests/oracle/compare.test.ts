import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compareAnswer, nearlyEqual } from './compare.ts';
import { isObject, type Json, type JsonObject } from './json.ts';
import { Oracle, type OracleAnswer } from './oracle.ts';
import { respond } from './respond.ts';

const oracle = new Oracle({
  index: 'test',
  schema: { dynamic: 'strict', fields: { t: { kind: 'text' }, n: { kind: 'integer' } } },
  shards: 1,
});
// b and c tie exactly; a has the shorter text and so the better score.
oracle.put('a', { t: 'cat', n: 1 });
oracle.put('b', { t: 'cat dog', n: 2 });
oracle.put('c', { t: 'cat dog', n: 2 });
oracle.put('d', { t: 'dog', n: 3 });

const cats: JsonObject = {
  query: { match: { t: 'cat' } },
  aggs: { by: { terms: { field: 'n' }, aggs: { mean: { avg: { field: 'n' } } } } },
};

const spread: JsonObject = {
  aggs: {
    e: { extended_stats: { field: 'n' } },
    k: { histogram: { field: 'n', interval: 2, keyed: true }, aggs: { mean: { avg: { field: 'n' } } } },
    all: { sum_bucket: { buckets_path: 'k>mean' } },
  },
};

/** The value with what stands at a path (names and positions joined by dots) put through a function. */
function changed(json: Json | undefined, path: string, change: (value: Json | undefined) => Json | undefined): Json {
  const [name = '', ...rest] = path.split('.');
  const inner = (value: Json | undefined): Json | undefined =>
    rest.length === 0 ? change(value) : changed(value, rest.join('.'), change);
  if (Array.isArray(json)) {
    return json.map((element, i) => (String(i) === name ? inner(element) : element)).filter((one) => one !== undefined);
  }
  assert.ok(isObject(json), path);
  // In the place where it was.
  const all = { ...json, [name]: inner(json[name]) };
  return Object.fromEntries(Object.entries(all).filter((entry): entry is [string, Json] => entry[1] !== undefined));
}

const becomes = (value: Json | undefined) => (): Json | undefined => value;
const times = (factor: number) => (value: Json | undefined) => Number(value) * factor;
const swapped = (first: number, second: number) => (hits: Json | undefined) => {
  assert.ok(Array.isArray(hits));
  return hits.map((_, i) => hits[i === first ? second : i === second ? first : i]!);
};

/** An object with its names in the opposite order. */
const reversed = (value: Json | undefined): Json => {
  assert.ok(isObject(value));
  return Object.fromEntries(Object.entries(value).reverse());
};
const reversedBut =
  (...first: string[]) =>
  (value: Json | undefined): Json => {
    assert.ok(isObject(value));
    const others = Object.entries(value).filter(([name]) => !first.includes(name));
    return Object.fromEntries([...others, ...first.map((name): [string, Json] => [name, value[name]!])]);
  };

/** How many differences a right response has once it was changed, shown with the first of them. */
function differences(answer: OracleAnswer, path: string, change: (value: Json | undefined) => Json | undefined) {
  return compareAnswer(answer, changed(respond(answer), path, change));
}

test('nearlyEqual: to a billionth of the greater', () => {
  const rows: [a: number, b: number, expected: boolean][] = [
    [1, 1, true],
    [1, 1 + 9e-10, true],
    [1, 1 + 2e-9, false],
    [1e12, 1e12 + 900, true],
    [0, 1e-300, false],
    [-1, 1, false],
    [0, -0, true],
  ];
  for (const [a, b, expected] of rows) assert.equal(nearlyEqual(a, b), expected, `${a} ${b}`);
});

test('compareAnswer: finds nothing in a right answer', () => {
  const bodies: JsonObject[] = [
    cats,
    { ...cats, size: 0 },
    { ...cats, from: 1, size: 1 },
    { ...cats, from: 9 },
    { query: { term: { t: 'none' } } },
    { sort: ['n', '_score'], _source: false },
    { sort: { n: 'desc' }, _source: ['n'] },
    { sort: '_doc', track_total_hits: false },
    { track_total_hits: 2 },
  ];
  for (const body of bodies) {
    const answer = oracle.search(body);
    assert.deepEqual(compareAnswer(answer, respond(answer)), [], JSON.stringify(body));
  }
});

// Each row: the search, what is changed in the right answer, and the first word of every difference to be found.
const rows: [name: string, body: JsonObject, path: string, (value: Json | undefined) => Json | undefined, string[]][] =
  [
    ['timed out', cats, 'timed_out', becomes(true), ['timed_out']],
    ['incomplete', cats, 'complete', becomes(false), ['complete']],
    ['no hits object', cats, 'hits', becomes(undefined), ['hits']],
    ['wrong total', cats, 'hits.total.value', becomes(4), ['hits.total']],
    ['wrong relation', cats, 'hits.total.relation', becomes('gte'), ['hits.total']],
    ['a total not asked for', { track_total_hits: false }, 'hits.total', becomes({ value: 4 }), ['hits.total']],
    ['a bounded total too low', { track_total_hits: 2 }, 'hits.total.value', becomes(1), ['hits.total']],
    ['a bounded total too high', { track_total_hits: 2 }, 'hits.total.value', becomes(5), ['hits.total']],
    ['a bounded total higher than it must be', { track_total_hits: 2 }, 'hits.total.value', becomes(4), []],
    ['max_score missing', cats, 'hits.max_score', becomes(null), ['hits.max_score']],
    ['max_score wrong', cats, 'hits.max_score', times(1.1), ['hits.max_score']],
    ['max_score without scores', { sort: 'n' }, 'hits.max_score', becomes(1), ['hits.max_score']],
    ['score in the last bits', cats, 'hits.hits.0._score', times(1 + 1e-12), []],
    ['score wrong', cats, 'hits.hits.0._score', times(1.001), ['hits.hits[0]._score']],
    ['score where none is computed', { sort: 'n' }, 'hits.hits.0._score', becomes(1), ['hits.hits[0]._score']],
    ['another index', cats, 'hits.hits.1._index', becomes('x'), ['hits.hits[1]._index']],
    ['a source that differs', cats, 'hits.hits.1._source.n', becomes(9), ['hits.hits[1]._source']],
    ['no source', cats, 'hits.hits.1._source', becomes(undefined), ['hits.hits[1]._source']],
    ['too much source', { _source: ['n'] }, 'hits.hits.0._source.t', becomes('cat'), ['hits.hits[0]._source']],
    ['an empty object left in a filtered source', { _source: ['n'] }, 'hits.hits.0._source.o', becomes({}), []],
    ['a hit that does not match', cats, 'hits.hits.2._id', becomes('d'), ['hits.hits[2]']],
    ['a hit missing', cats, 'hits.hits.2', becomes(undefined), ['the']],
    ['hits out of order', cats, 'hits.hits', swapped(0, 1), ['hits.hits[0]', 'hits.hits[1]', 'a']],
    ['ties out of order', cats, 'hits.hits', swapped(1, 2), ['b']],
    ['ties out of order by field', { sort: 'n' }, 'hits.hits', swapped(1, 2), ['hits.hits[1]', 'hits.hits[2]', 'b']],
    ['sort values missing', { sort: 'n' }, 'hits.hits.0.sort', becomes(undefined), ['hits.hits[0].sort']],
    ['sort values missing, by score alone', { sort: '_score' }, 'hits.hits.0.sort', becomes(undefined), []],
    ['a sort value wrong', { sort: 'n' }, 'hits.hits.0.sort.0', becomes(7), ['hits.hits[0].sort[0]']],
    ['no aggregations', cats, 'aggregations', becomes(undefined), ['aggregations']],
    ['aggregations not asked for', {}, 'aggregations', becomes({}), ['aggregations']],
    ['a bucket missing', cats, 'aggregations.by.buckets.1', becomes(undefined), ['aggregations.by.buckets']],
    ['buckets out of order', cats, 'aggregations.by.buckets', swapped(0, 1), Array<string>(6).fill('aggregations')],
    ['a count wrong', cats, 'aggregations.by.buckets.0.doc_count', times(2), ['aggregations.by.buckets[0].doc_count']],
    [
      'a mean in the last bits',
      cats,
      'aggregations.by.buckets.0.mean.value',
      times(1 + 1e-15),
      ['aggregations.by.buckets[0].mean.value'],
    ],
    ['a root in the last bits', spread, 'aggregations.e.std_deviation', times(1 + 1e-15), []],
    ['a root wrong', spread, 'aggregations.e.std_deviation', times(1 + 1e-12), ['aggregations.e.std_deviation']],
    ['a variance in the last bits', spread, 'aggregations.e.variance', times(1 + 1e-15), ['aggregations.e.variance']],
    ['what a pipeline adds up in the last bits', spread, 'aggregations.all.value', times(1 + 1e-15), []],
    ['what a pipeline adds up wrong', spread, 'aggregations.all.value', times(1.1), ['aggregations.all.value']],
    ['names in another order', spread, 'aggregations.k.buckets', reversed, ['the order of the names in']],
    ['a pipeline before what it is of', spread, 'aggregations', reversedBut('e', 'k'), []],
    [
      'a mean wrong',
      cats,
      'aggregations.by.buckets.0.mean.value',
      times(1.1),
      ['aggregations.by.buckets[0].mean.value'],
    ],
    ['a mean shown too', cats, 'aggregations.by.buckets.0.mean.value_as_string', becomes('2.0'), []],
    ['more than was asked for', cats, 'aggregations.more', becomes({}), ['aggregations.more']],
  ];

test('compareAnswer: finds each way of being wrong, and allows what may differ', () => {
  for (const [name, body, path, change, expected] of rows) {
    const found = differences(oracle.search(body), path, change);
    const matches = found.length === expected.length && expected.every((start, i) => found[i]!.startsWith(start));
    assert.ok(matches, `${name}: ${JSON.stringify(found, null, 2)}`);
  }
});

test('compareAnswer: nearly equal scores may stand in either order, if it follows from the scores given', () => {
  const answer = oracle.search(cats);
  const nudged = changed(respond(answer), 'hits.hits', swapped(1, 2));
  assert.deepEqual(compareAnswer(answer, changed(nudged, 'hits.hits.1._score', times(1 + 1e-14))), []);
});

test('compareAnswer: a hit given twice is found', () => {
  const answer = oracle.search(cats);
  assert.ok(isObject(respond(answer)['hits']));
  const twice = differences(answer, 'hits.hits', (hits) =>
    Array.isArray(hits) ? [hits[0]!, hits[1]!, hits[1]!] : hits,
  );
  assert.match(twice.join('\n'), /^b \(.*stands after b/m);
});

test('compareAnswer: what is no search response is a difference', () => {
  const answer = oracle.search(cats);
  for (const response of [null, [], 'x', { hits: [] }]) assert.notDeepEqual(compareAnswer(answer, response), []);
});
