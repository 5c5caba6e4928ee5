import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import type { AggregationRequests } from '../../shared/aggregation/definition.ts';
import { readsScores } from '../../shared/aggregation/reads-scores.ts';
import { SheafError } from '../../shared/errors.ts';
import { limits } from '../../shared/limits.ts';
import { scoringTerms } from '../../shared/query/query.ts';
import type { Query } from '../../shared/query/query.ts';
import { compareHits } from '../../shared/ranking/order.ts';
import type { SortKey } from '../../shared/ranking/order.ts';
import { addStatistics, noStatistics } from '../../shared/ranking/statistics.ts';
import type { Statistics } from '../../shared/ranking/statistics.ts';
import { Dictionary } from '../dictionary/dictionary.ts';
import { KeyTable } from '../documents/key-table.ts';
import { mergeSegments } from '../merge/merge.ts';
import { PostingBlocks } from '../postings/posting-blocks.ts';
import { countStatistics } from '../score/statistics.ts';
import { buildSegment } from '../segment/build.ts';
import { openSegment } from '../segment/open.ts';
import { Draw, fields, randomDocuments } from '../segment/random-documents.fixture.ts';
import { findDocument, liveSegment, makeSnapshot, withDeleted } from '../snapshot/snapshot.ts';
import type { LiveSegment, Snapshot } from '../snapshot/snapshot.ts';
import { naiveAggregations } from './naive-aggregations.fixture.ts';
import { naiveDocument, naiveMatches, naiveScore, naiveSortValue } from './naive-search.fixture.ts';
import type { NaiveDocument } from './naive-search.fixture.ts';
import { randomAggregations, randomQuery, randomSort } from './random-queries.fixture.ts';
import { SearchRun } from './search-run.ts';
import type { SearchRequest, SearchResult } from './search-run.ts';
import { QueryCaches } from '../evaluate/query-caches.ts';
import { roundsOf } from '../../tests/stages/rounds.ts';

const caches = new QueryCaches();

interface Cluster {
  readonly shards: { shard: number; snapshot: Snapshot }[];
  readonly live: NaiveDocument[];
}

/** Shards of segments, some documents deleted, some segments merged. */
function randomCluster(draw: Draw): Cluster {
  const shards: Cluster['shards'] = [];
  const live: NaiveDocument[] = [];
  let number = 0;
  for (let shard = 0; shard < 3; shard++) {
    let segments: LiveSegment[] = [];
    let offset = 0;
    for (const count of draw.some(3, () => draw.below(30))) {
      const documents = randomDocuments(draw, count, { number, offset });
      number += count;
      offset = documents.at(-1)?.offset ?? offset;
      const deleted = documents.flatMap((_, docId) => (draw.chance(0.2) ? [docId] : []));
      documents.forEach(({ key, offset: at, source }, docId) => {
        if (!deleted.includes(docId)) live.push(naiveDocument({ shard, offset: at, key }, source));
      });
      segments.push(withDeleted(liveSegment(openSegment(buildSegment(fields, documents))), deleted));
    }
    if (draw.chance(0.3)) segments = [liveSegment(openSegment(mergeSegments(fields, segments).buffer))];
    shards.push({ shard, snapshot: makeSnapshot(segments, offset) });
  }
  return { shards: draw.chance(0.5) ? shards.reverse() : shards, live };
}

function statisticsOf({ shards }: Cluster, query: Query): Statistics {
  return shards
    .map(({ snapshot }) => countStatistics(snapshot, scoringTerms(query)))
    .reduce(addStatistics, noStatistics);
}

function run(cluster: Cluster, request: SearchRequest, stepDocuments = 1_000_000): SearchResult {
  const search = new SearchRun(request, cluster.shards, caches);
  while (!search.step(stepDocuments));
  return search.result();
}

/** Positions, values and keys of the best hits. */
function naiveHits({ live }: Cluster, query: Query, sort: readonly SortKey[], k: number): unknown[] {
  return live
    .filter((document) => naiveMatches(document, query))
    .map(({ shard, offset, key }, i, matches) => ({
      key,
      shard,
      offset,
      values: sort.map((sortKey) => naiveSortValue(live, matches[i]!, query, sortKey)),
    }))
    .sort((a, b) => compareHits(sort, a, b))
    .slice(0, k);
}

test('SearchRun: totals, hits, scores and aggregations are those of reading every document', () => {
  for (let seed = 1; seed <= roundsOf(60); seed++) {
    const draw = new Draw(seed);
    const cluster = randomCluster(draw);
    for (let i = 0; i < 15; i++) {
      const query = randomQuery(draw);
      const sort = randomSort(draw);
      const k = draw.pick([0, 1, 3, 10, 1000]);
      const aggregations = randomAggregations(draw);
      const statistics = statisticsOf(cluster, query);
      const request = { query, statistics, k, sort, source: false, aggregations };
      const result = run(cluster, request, draw.pick([1, 10, 100_000]));
      const matches = cluster.live.filter((document) => naiveMatches(document, query));
      const message = `seed ${seed}, query ${i}: ${JSON.stringify(request)}`;
      assert.equal(result.total, matches.length, message);
      assert.equal(result.documents, cluster.live.length, message);
      const hits = result.hits.map(({ key, shard, offset, values }) => ({ key, shard, offset, values }));
      assert.deepEqual(hits, naiveHits(cluster, query, sort, k), message);
      const areScored = readsScores(aggregations);
      const found = matches.map((document) => {
        return areScored ? { ...document, score: naiveScore(cluster.live, document, query) } : document;
      });
      // Whatever is not asked for scores as what matches everything.
      const all = cluster.live.map((document) => ({ ...document, score: 1 }));
      const naive = naiveAggregations(aggregations, found, all);
      assert.equal(JSON.stringify(result.aggregations), JSON.stringify(naive), message);
    }
  }
});

const onlyCluster = (jsons: readonly string[]): Cluster => {
  const documents = jsons.map((json, i) => ({ key: `k${i}`, offset: i, source: Buffer.from(json) }));
  const snapshot = makeSnapshot([liveSegment(openSegment(buildSegment(fields, documents)))], documents.length - 1);
  return { shards: [{ shard: 4, snapshot }], live: [] };
};

const byPosition: SearchRequest = {
  query: { kind: 'all' },
  k: 10,
  sort: [{ by: 'position', descending: false }],
  source: true,
  aggregations: {},
};

const small = onlyCluster(['{"rank":1, "price":2}', '{"rank":2}']);

test('SearchRun: sources are the bytes as stored, parallel to the hits', () => {
  const { hits, sources } = run(small, byPosition);
  assert.deepEqual(
    sources.map((source) => Buffer.from(source).toString()),
    ['{"rank":1, "price":2}', '{"rank":2}'],
  );
  assert.deepEqual(
    hits.map(({ key, score }) => [key, score]),
    [
      ['k0', null],
      ['k1', null],
    ],
  );
});

test('SearchRun: filtered sources', () => {
  const { sources } = run(small, { ...byPosition, source: { includes: ['price'], excludes: [] } });
  assert.deepEqual(
    sources.map((source) => Buffer.from(source).toString()),
    ['{"price":2}', '{}'],
  );
});

test('SearchRun: no sources when none are asked for', () => {
  const { hits, sources } = run(small, { ...byPosition, source: false });
  assert.deepEqual([sources, hits.length], [[], 2]);
});

test('SearchRun: equal scores rank by shard, then offset, and the score is given', () => {
  const { hits } = run(small, {
    ...byPosition,
    sort: [{ by: 'score', descending: true }],
    statistics: noStatistics,
    k: 1,
  });
  assert.deepEqual(
    hits.map(({ key, shard, score }) => [key, shard, score]),
    [['k0', 4, 1]],
  );
});

test('SearchRun: a score sort without statistics is a fault of the program', () => {
  assert.throws(
    () => new SearchRun({ ...byPosition, sort: [{ by: 'score', descending: true }] }, [], caches),
    /statistics/,
  );
});

test('SearchRun: a step does no more than it was allowed, and all steps together do all', () => {
  const cluster = onlyCluster(Array.from({ length: 5000 }, (_, i) => `{"rank":${i}}`));
  const query: Query = { kind: 'numberRange', field: 'rank', low: 4999, lowInclusive: true, highInclusive: true };
  const search = new SearchRun({ ...byPosition, query }, cluster.shards, caches);
  let steps = 1;
  while (!search.step(100)) steps++;
  // What is counted apart is work, too.
  assert.ok(steps >= 50 && steps <= 70, `${steps} steps`);
  assert.deepEqual(
    search.result().hits.map(({ key }) => key),
    ['k4999'],
  );
});

test('SearchRun: what a script does for a document is work', () => {
  const cluster = onlyCluster(Array.from({ length: 1000 }, (_, i) => `{"rank":${i}}`));
  // 402 steps, which count as 101 documents looked at.
  const source = `doc['rank'].value${' + 0'.repeat(200)} >= 999`;
  const script = { source, params: {} };
  const filter: Query = { kind: 'script', script };
  const scored: Query = { kind: 'scriptScore', query: { kind: 'all' }, script };
  for (const request of [
    { ...byPosition, query: filter },
    { ...byPosition, query: scored, sort: [{ by: 'score', descending: true } as const], statistics: noStatistics },
  ]) {
    const search = new SearchRun(request, cluster.shards, caches);
    let steps = 1;
    while (!search.step(1000)) steps++;
    assert.ok(steps >= 100, `${steps} steps`);
    assert.equal(search.result().hits.at(0)?.key, 'k999');
  }
});

test('SearchRun: a histogram with too many buckets is an error that says how many', () => {
  const cluster = onlyCluster([`{"rank":[${Array.from({ length: limits.bucketsMax + 1 }, (_, i) => i).join()}]}`]);
  const histogram = {
    kind: 'histogram',
    field: 'rank',
    show: 'plain',
    interval: 1,
    offset: 0,
    minDocCount: 1,
    aggregations: {},
  } as const;
  assert.throws(
    () => run(cluster, { ...byPosition, aggregations: { h: histogram } }),
    (error) =>
      error instanceof SheafError &&
      error.code === 'AGGREGATION_TOO_MANY_BUCKETS' &&
      error.at === '/aggs/h' &&
      error.detail['limit'] === limits.bucketsMax &&
      error.detail['actual'] === limits.bucketsMax + 1,
  );
});

test('SearchRun: a filter is remembered from its second search on, and gives the same', (t) => {
  const seed = 41;
  t.diagnostic(`seed ${seed}`);
  const draw = new Draw(seed);
  for (let i = 0; i < roundsOf(300); i++) {
    const cluster = randomCluster(draw);
    const filter = randomQuery(draw);
    const query: Query = { kind: 'bool', must: [], should: [], filter: [filter], mustNot: [randomQuery(draw)] };
    const request = { ...byPosition, query, k: 1000, source: false };
    const expected = run(cluster, request);
    for (const times of ['second', 'third', 'fourth']) {
      // A copy each, as every task brings its own.
      const again = run(cluster, { ...request, query: structuredClone(query) }, draw.pick([1, 30, 100_000]));
      assert.deepEqual(again, expected, `seed ${seed}, ${times} time: ${JSON.stringify(query)}`);
    }
  }
});

test('SearchRun: a filter that is remembered is not evaluated again', () => {
  const cluster = onlyCluster(Array.from({ length: 5000 }, (_, i) => `{"rank":${i}}`));
  const steps = (): number => {
    const range: Query = { kind: 'numberRange', field: 'rank', low: 4990, lowInclusive: true, highInclusive: true };
    const query: Query = { kind: 'bool', must: [], should: [], filter: [range], mustNot: [] };
    const search = new SearchRun({ ...byPosition, query }, cluster.shards, caches);
    let count = 1;
    while (!search.step(100)) count++;
    assert.equal(search.result().total, 10);
    return count;
  };
  assert.ok(steps() >= 50);
  steps();
  const before = { ...caches.filters.counts };
  const third = steps();
  assert.ok(third < 5, `${third} steps`);
  assert.deepEqual(caches.filters.counts, { ...before, remembered: before.remembered + 1 });
});

const manyTerms = 3000;
const severalClauses = 20;
/** Each row: a clause that stands for many terms or keys. */
const manyClauses: [name: string, query: Query][] = [
  ['a prefix', { kind: 'prefix', field: 'author.name', prefix: 'n' }],
  ['a range', { kind: 'keywordRange', field: 'author.name', low: 'a', lowInclusive: true, highInclusive: true }],
  ['values', { kind: 'keywords', field: 'author.name', terms: Array.from({ length: manyTerms }, (_, i) => `n${i}`) }],
  ['a pattern', { kind: 'wildcard', field: 'author.name', pattern: '*1*' }],
  [
    'a regular expression',
    {
      kind: 'regexp',
      field: 'author.name',
      pattern: '.*1.*',
      operators: [],
      isCaseInsensitive: false,
      statesMax: 10_000,
    },
  ],
  ['a misspelt word', { kind: 'fuzzy', field: 'author.name', term: 'n123', edits: 2, prefixLength: 0 }],
  ['keys', { kind: 'ids', keys: Array.from({ length: manyTerms }, (_, i) => `k${i}`) }],
];

for (const [name, clauseOfMany] of manyClauses) {
  test(`SearchRun: of several clauses of ${name} no step gathers much`, (t) => {
    const cluster = onlyCluster(Array.from({ length: manyTerms }, (_, i) => `{"author":{"name":"n${i}"},"rank":${i}}`));
    const clauses = Array.from({ length: severalClauses }, () => structuredClone(clauseOfMany));
    const query: Query = { kind: 'bool', must: [], should: clauses, filter: [], mustNot: [] };
    const most = mostReadInAStep(t, cluster, { ...byPosition, k: 0, query });
    assert.ok(most < 200, `${most} lists or look-ups in a step`);
  });

  test(`SearchRun: nor where as many filters of an aggregation are ${name}`, (t) => {
    const cluster = onlyCluster(Array.from({ length: manyTerms }, (_, i) => `{"author":{"name":"n${i}"},"rank":${i}}`));
    const filters = Array.from({ length: severalClauses }, () => structuredClone(clauseOfMany));
    const aggregations: AggregationRequests = {
      a: { kind: 'filters', filters, hasOther: true, show: 'anonymous', keys: [], aggregations: {} },
    };
    const most = mostReadInAStep(t, cluster, { ...byPosition, k: 0, aggregations });
    assert.ok(most < 200, `${most} lists or look-ups in a step`);
  });
}

function mostReadInAStep(t: TestContext, cluster: Cluster, request: SearchRequest): number {
  const reads = [
    t.mock.method(PostingBlocks.prototype, 'load').mock,
    t.mock.method(Dictionary.prototype, 'find').mock,
    t.mock.method(KeyTable.prototype, 'docIdOfKey').mock,
  ];
  const search = new SearchRun(request, cluster.shards, caches);
  let most = 0;
  for (let done = false, before = 0; !done;) {
    done = search.step(500);
    const after = reads.reduce((sum, read) => sum + read.callCount(), 0);
    most = Math.max(most, after - before);
    before = after;
  }
  return most;
}

test('findDocument: the live version of a key, newest segment first', () => {
  const segment = (offset: number, json: string): LiveSegment =>
    liveSegment(openSegment(buildSegment(fields, [{ key: 'k', offset, source: Buffer.from(json) }])));
  const old = segment(1, '{"rank":1}');
  const found = findDocument(makeSnapshot([withDeleted(old, [0]), segment(7, '{"rank":2}')], 7), 'k');
  assert.equal(found?.offset, 7);
  assert.equal(Buffer.from(found.source).toString(), '{"rank":2}');
  assert.equal(findDocument(makeSnapshot([withDeleted(old, [0])], 1), 'k'), null);
  assert.equal(findDocument(makeSnapshot([old], 1), 'other'), null);
});

test('withDeleted: copies, counts each document once, keeps what was deleted before', () => {
  const { segment } = small.shards[0]!.snapshot.segments[0]!;
  const whole = liveSegment(segment);
  const one = withDeleted(whole, [1, 1]);
  const two = withDeleted(one, [0]);
  assert.deepEqual(
    [whole, one, two].map(({ liveCount }) => liveCount),
    [2, 1, 0],
  );
  assert.throws(() => withDeleted(whole, [2]), RangeError);
});

test('SearchRun: between two shards the result is that of the shards searched so far', (t) => {
  const seed = 23;
  t.diagnostic(`seed ${seed}`);
  const draw = new Draw(seed);
  let compared = 0;
  for (let i = 0; i < 40; i++) {
    const cluster = randomCluster(draw);
    const query = randomQuery(draw);
    const request: SearchRequest = {
      query,
      statistics: statisticsOf(cluster, query),
      k: draw.below(20),
      sort: randomSort(draw),
      source: true,
      aggregations: randomAggregations(draw),
    };
    const search = new SearchRun(request, cluster.shards, caches);
    for (let done = false; !done;) {
      done = search.step(16);
      if (!search.isBetweenShards) {
        assert.throws(() => search.result());
        continue;
      }
      const below = search.nextShard ?? Infinity;
      const shards = cluster.shards.filter(({ shard }) => shard < below);
      const { documents: _, ...actual } = search.result();
      const { documents: __, ...expected } = run({ ...cluster, shards }, request);
      assert.deepEqual(actual, expected, `seed ${seed}, request ${JSON.stringify(request)}`);
      compared++;
    }
  }
  assert.ok(compared > 80, String(compared));
});
