import assert from 'node:assert/strict';
import { test } from 'node:test';
import { documentsMeant } from '../../shared/aggregation/missing-shards.ts';
import { sayCount } from '../../shared/aggregation/say-bounds.ts';
import type { Query, QueryOf } from '../../shared/query/query.ts';
import type { SearchRequest } from '../../shared/query/request.ts';
import type { ShardSummary } from '../membership/shard-map.ts';
import { missingOf, uncountedOf, type SearchOfShards } from './missing-shards.ts';

const summary: ShardSummary = {
  offset: 9,
  documents: 100,
  columns: { fields: { n: [1, 10, 20], tag: [2] } },
  unrouted: true,
};
const range = (low: number, high: number, inclusive = true): Query => ({
  kind: 'numberRange',
  field: 'n',
  low,
  high,
  lowInclusive: inclusive,
  highInclusive: inclusive,
});
const nothing: QueryOf<'bool'> = { kind: 'bool', must: [], should: [], filter: [], mustNot: [] };
const all: Query = { kind: 'all' };

/** What differs from a search that may be estimated. */
interface Differs {
  readonly index?: SearchOfShards['index'];
  readonly request?: Partial<SearchRequest>;
}

/** Shard 2 of three did not answer. @param last what is known of it */
function missingOfOne(query: Query, { index = { id: 'x' }, request }: Differs, last: ShardSummary | null = summary) {
  const run: SearchOfShards = {
    root: { directory: { summaryOf: (_index, shard) => (shard === 2 ? last : summary) } },
    index,
    shards: [0, 1, 2],
    request: { query, ...request } as SearchRequest,
  };
  return missingOf(run, {
    shards: { asked: 3, answered: 2, failed: 1 },
    failures: [{ code: 'LEAF_TIMEOUT', reason: '', shards: [2] }],
    documents: { asked: 300, answered: 200 },
  })!;
}

// Each row: the query, documents of the missing shard that match at least and at most.
const queries: [name: string, query: Query, least: number, most: number][] = [
  ['everything', all, 100, 100],
  ['nothing', { kind: 'none' }, 0, 0],
  ['a range within', range(12, 13), 0, 100],
  ['a range that touches', range(20, 30), 0, 100],
  ['a range that does not include where it touches', range(20, 30, false), 0, 0],
  ['a range below', range(1, 9), 0, 0],
  ['a range above', range(21, 30), 0, 0],
  ['a range of a field without values', { ...range(1, 9), field: 'm' } as Query, 0, 0],
  ['values', { kind: 'numbers', field: 'n', values: [1, 15] }, 0, 100],
  ['values beyond', { kind: 'numbers', field: 'n', values: [1, 21] }, 0, 0],
  ['terms', { kind: 'keywords', field: 'tag', terms: ['a'] }, 0, 100],
  ['a filter beyond', { ...nothing, filter: [range(1, 9), all] }, 0, 0],
  ['what must not match beyond', { ...nothing, mustNot: [range(1, 9)] }, 0, 100],
  ['one of which none is within', { ...nothing, should: [range(1, 9), range(21, 22)] }, 0, 0],
  ['one of which one is within', { ...nothing, should: [range(1, 9), range(12, 22)] }, 0, 100],
  ['any, at will', { ...nothing, must: [all], should: [range(1, 9)] }, 0, 100],
  ['two of which one is within', { ...nothing, should: [range(1, 9), all], minimumShouldMatch: 2 }, 0, 0],
  ['the best of those beyond', { kind: 'disMax', queries: [range(1, 9), range(21, 30)], tieBreaker: 0 }, 0, 0],
  ['boosted beyond', { kind: 'boosted', query: range(1, 9), boost: 2 }, 0, 0],
  ['with a score, beyond', { kind: 'constantScore', query: range(1, 9), score: 2 }, 0, 0],
];
for (const [name, query, least, most] of queries) {
  test(`missingOf: ${name}`, () => assert.deepEqual(documentsMeant(missingOfOne(query, {})), { least, most }));
}

const within = range(12, 13);

// Each row: what differs, what is said of 60 documents found.
const said: [name: string, differs: Differs, last: ShardSummary | null, expected: object][] = [
  ['hashed', {}, summary, { bounds: { min: 60, max: 160 }, estimate: { value: 90, min: 80, max: 101 } }],
  [
    'a routed search',
    { request: { routing: ['a'] } },
    summary,
    { bounds: { min: 60, max: 160 }, estimate: null, estimate_reason: 'routing' },
  ],
  [
    'an index that requires routings',
    { index: { id: 'x', routing: 'required' } },
    summary,
    { bounds: { min: 60, max: 160 }, estimate: null, estimate_reason: 'routing' },
  ],
  [
    'a shard that may have routed documents',
    {},
    { offset: 9, documents: 100 },
    { bounds: { min: 60, max: 160 }, estimate: null, estimate_reason: 'routing' },
  ],
  [
    'a shard of which nothing is known',
    {},
    null,
    { bounds: { min: 60, max: null }, estimate: null, estimate_reason: 'unknown' },
  ],
  [
    'documents that count as others',
    { request: { weight: 'w' } },
    summary,
    { bounds: { min: 60, max: null }, estimate: null, estimate_reason: 'index_kind' },
  ],
];
for (const [name, differs, last, expected] of said) {
  test(`missingOf: said of ${name}`, () => {
    assert.deepEqual(sayCount({ found: 60 }, missingOfOne(within, differs, last)), expected);
  });
}

test('missingOf: nothing where all answered', () => {
  const run = { root: { directory: { summaryOf: () => null } }, index: { id: 'x' }, shards: [0] };
  const coverage = { shards: { asked: 1, answered: 1, failed: 0 }, failures: [], documents: { asked: 1, answered: 1 } };
  assert.equal(missingOf({ ...run, request: { query: all } as SearchRequest }, coverage), null);
});

test('uncountedOf: what leaves did not count may be all of their documents', () => {
  const documents = { asked: 300, answered: 200 };
  assert.equal(uncountedOf({ total: 50, totalRelation: 'gte' }, { documents }), 150);
  assert.equal(uncountedOf({ total: 50, totalRelation: 'eq' }, { documents }), 0);
  const counted = sayCount({ found: 50, uncounted: 150 }, missingOfOne(within, {}));
  assert.deepEqual(counted, { bounds: { min: 50, max: 300 }, estimate: null, estimate_reason: 'cut' });
});
