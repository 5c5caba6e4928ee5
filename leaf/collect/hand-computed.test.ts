/** Scores computed by hand, so that no code of the engine or of its twins can agree on something wrong. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { scoringTerms } from '../../shared/query/query.ts';
import type { Query } from '../../shared/query/query.ts';
import { indexedFields } from '../../shared/schema/schema.ts';
import { countStatistics } from '../score/statistics.ts';
import { buildSegment } from '../segment/build.ts';
import { openSegment } from '../segment/open.ts';
import { liveSegment, makeSnapshot } from '../snapshot/snapshot.ts';
import { SearchRun } from './search-run.ts';
import type { SearchRequest } from './search-run.ts';
import { QueryCaches } from '../evaluate/query-caches.ts';

const caches = new QueryCaches();

const fields = indexedFields({ dynamic: 'false', fields: { body: { kind: 'text' } } });

function hitsOf(texts: readonly string[], query: Query, options: Partial<SearchRequest> = {}): [string, number][] {
  const documents = texts.map((body, i) => ({
    key: `d${i}`,
    offset: i,
    source: Buffer.from(JSON.stringify({ body })),
  }));
  const snapshot = makeSnapshot([liveSegment(openSegment(buildSegment(fields, documents)))], texts.length - 1);
  const run = new SearchRun(
    {
      query,
      statistics: countStatistics(snapshot, scoringTerms(query)),
      k: 10,
      sort: [{ by: 'score', descending: true }],
      source: false,
      aggregations: {},
      ...options,
    },
    [{ shard: 0, snapshot }],
    caches,
  );
  while (!run.step(1000));
  return run.result().hits.map(({ key, score }) => [key!, score!]);
}

const term = (word: string): Query => ({ kind: 'term', field: 'body', term: word });
const phrase = (terms: string[], slop = 0): Query => ({ kind: 'phrase', field: 'body', terms, slop });
const none = { must: [], should: [], filter: [], mustNot: [] };

// Three texts of 2, 4 and 3 terms: 3 on average. A term of two of them weighs ln(1 + 1.5 / 2.5) = ln 1.6 = 0.4700036.
// With k1 1.2 and b 0.75 a text of 2 terms adds 0.9 to the frequency, one of 4 adds 1.5, one of 3 adds 1.2.
const texts = ['a b', 'a a b c', 'c c c'];

// Each row: the query, the hits in order with their scores.
const rows: [name: string, query: Query, hits: [string, number][], options?: Partial<SearchRequest>][] = [
  [
    'a term',
    term('a'),
    [
      ['d1', 0.268574],
      ['d0', 0.24737],
    ],
  ], // 0.4700036 × 2 / 3.5; × 1 / 1.9
  [
    'another',
    term('c'),
    [
      ['d2', 0.335717],
      ['d1', 0.188001],
    ],
  ], // × 3 / 4.2; × 1 / 2.5
  [
    'a phrase weighs what its terms do',
    phrase(['a', 'b']),
    [
      ['d0', 0.494741],
      ['d1', 0.376003],
    ],
  ], // 0.9400073 × 1 / 1.9; / 2.5
  ['a phrase with slop', phrase(['a', 'c'], 1), [['d1', 0.235002]]], // a b c is 1 apart, 1/2: 0.9400073 × 0.5 / 2
  [
    'terms add',
    { kind: 'bool', ...none, should: [term('a'), term('b')] },
    [
      ['d0', 0.494741],
      ['d1', 0.456575],
    ], // 2 × 0.247370; 0.268574 + 0.188001
  ],
  [
    'a term that was written twice weighs twice as much',
    { kind: 'bool', ...none, should: [{ kind: 'boosted', query: term('a'), boost: 2 }, term('b')] },
    [
      ['d0', 0.742111],
      ['d1', 0.725149],
    ], // 3 × 0.247370; 2 × 0.268574 + 0.188001
  ],
  [
    'a word that something is said against: half where another stands, too',
    { kind: 'boosting', positive: term('a'), negative: term('b'), negativeBoost: 0.5 },
    [
      ['d1', 0.134287],
      ['d0', 0.123685],
    ], // 0.268574 / 2, 0.247370 / 2
  ],
  [
    'a misspelt word, as if all it may be were one term',
    { kind: 'fuzzy', field: 'body', term: 'x', edits: 1, prefixLength: 0 },
    // All three hold a, b or c: ln(1 + 0.5 / 3.5) = 0.1335314, and each occurrence is half of one: × 2 / 3.5; × 1.5 / 2.7; × 1 / 1.9.
    [
      ['d1', 0.076304],
      ['d2', 0.074184],
      ['d0', 0.07028],
    ],
  ],
  [
    'a word that is right counts in full where others are near',
    { kind: 'fuzzy', field: 'body', term: 'a', edits: 1, prefixLength: 0 },
    // × 3 / 4.5, which is 2 and twice a half; × 1.5 / 2.4; × 1.5 / 2.7
    [
      ['d1', 0.089021],
      ['d0', 0.083457],
      ['d2', 0.074184],
    ],
  ],
  [
    'a field that ranks its own way',
    term('a'),
    // k1 0.9, b 0.4: 0.4700036 × 2 / (2 + 0.9 × (0.6 + 0.4 × 4 / 3)); × 1 / (1 + 0.9 × (0.6 + 0.4 × 2 / 3))
    [
      ['d1', 0.311261],
      ['d0', 0.264047],
    ],
    { similarities: { body: { k1: 0.9, b: 0.4 } } },
  ],
];
for (const [name, query, expected, options] of rows) {
  test(`scores by hand: ${name}`, () => {
    const hits = hitsOf(texts, query, options);
    assert.deepEqual(
      hits.map(([key]) => key),
      expected.map(([key]) => key),
    );
    hits.forEach(([key, score], i) => assert.ok(Math.abs(score - expected[i]![1]) < 1e-5, `${key}: ${score}`));
  });
}

test('scores by hand: a text of 100 terms counts as one of 96, in a mean that is exact', () => {
  // One text of 100 terms and one of 2: 51 on average. x weighs ln(1 + 1.5 / 1.5) = 0.6931472; 1.2 × (0.25 + 0.75 × 96 / 51)
  // is 1.9941176, and 0.6931472 × 100 / 101.9941176 is 0.679595.
  const hits = hitsOf(['x '.repeat(100), 'y y'], term('x'));
  assert.ok(Math.abs(hits[0]![1] - 0.679595) < 1e-5, String(hits[0]![1]));
});
