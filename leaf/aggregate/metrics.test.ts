/** Metrics as a leaf collects them: missing values, weights, what is counted in the budget. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { byCount } from '../../shared/aggregation/terms-order.ts';
import type { AggregationPartial, AggregationRequest } from '../../shared/aggregation/definition.ts';
import { Distribution } from '../../shared/aggregation/distribution.ts';
import { SheafError } from '../../shared/errors.ts';
import { createRandom } from '../../shared/random/random.ts';
import { limits } from '../../shared/limits.ts';
import { QueryCaches } from '../evaluate/query-caches.ts';
import { SearchRun } from '../collect/search-run.ts';
import { buildSegment } from '../segment/build.ts';
import { openSegment } from '../segment/open.ts';
import { fields } from '../segment/random-documents.fixture.ts';
import { liveSegment, makeSnapshot, type Snapshot } from '../snapshot/snapshot.ts';

const caches = new QueryCaches();

/** A segment for each list of documents. */
function snapshotOf(...segments: (readonly object[])[]): Snapshot {
  let offset = 0;
  const made = segments.map((documents) => {
    const stored = documents.map((document) => {
      return { key: `k${offset}`, offset: offset++, source: Buffer.from(JSON.stringify(document)) };
    });
    return liveSegment(openSegment(buildSegment(fields, stored)));
  });
  return makeSnapshot(made, offset);
}

function aggregate(snapshot: Snapshot, request: AggregationRequest): AggregationPartial {
  const search = { query: { kind: 'all' }, k: 0, sort: [], source: false, aggregations: { x: request } } as const;
  const run = new SearchRun(search, [{ shard: 0, snapshot }], caches);
  while (!run.step(1024));
  return JSON.parse(JSON.stringify(run.result().aggregations['x'])) as AggregationPartial;
}

// The second segment lacks every field but one.
const some = snapshotOf(
  [
    { rank: 1, price: 0.5, author: { name: 'a' } },
    { rank: [2, 3] },
    { price: [0.25, 0.25], author: { name: ['b', 'c'] } },
  ],
  [{ sold: true }],
);

const ofPrice = { field: 'price', values: 'number' } as const;
const ofName = { field: 'author.name', values: 'string' } as const;

const byRank = { field: 'rank', descending: true, countsGreatest: true, missingFirst: false, show: 'plain' } as const;

// Each row: a request, the partial of the documents above.
const rows: [request: AggregationRequest, partial: object][] = [
  [
    { kind: 'sum', ...ofPrice },
    { kind: 'metric', count: 3, sum: [1], min: 0.25, max: 0.5 },
  ],
  [
    { kind: 'sum', ...ofPrice, missing: -1.5 },
    { kind: 'metric', count: 5, sum: [-2], min: -1.5, max: 0.5 },
  ],
  [
    { kind: 'value_count', ...ofName },
    { kind: 'metric', count: 3, sum: [], min: null, max: null },
  ],
  [
    { kind: 'value_count', ...ofName, missing: 'z' },
    { kind: 'metric', count: 5, sum: [], min: null, max: null },
  ],
  [
    { kind: 'extended_stats', field: 'price', sigma: 2, missing: 2 },
    { kind: 'extended_stats', count: 5, sum: [5], min: 0.25, max: 2, squares: [8.375] },
  ],
  [
    { kind: 'weighted_avg', value: { field: 'price' }, weight: { field: 'rank' } },
    { kind: 'weighted_avg', products: [0.5], weights: [1] },
  ],
  [
    { kind: 'weighted_avg', value: { field: 'price' }, weight: { field: 'rank', missing: 10 } },
    { kind: 'weighted_avg', products: [5.5], weights: [21] },
  ],
  [
    { kind: 'weighted_avg', value: { field: 'rank', missing: 4 }, weight: { field: 'missing', missing: 2 } },
    { kind: 'weighted_avg', products: [28], weights: [10] },
  ],
  [
    { kind: 'percentiles', field: 'rank', show: 'plain', percents: [50], keyed: true, missing: -1 },
    { kind: 'distribution', values: [-1, -1, 1, 2, 3] },
  ],
  [
    { kind: 'percentile_ranks', field: 'missing', numbers: [5], keyed: true },
    { kind: 'distribution', values: [] },
  ],
  [
    {
      kind: 'top_metrics',
      metrics: [
        { ...ofName, show: 'plain' },
        { ...ofPrice, show: 'plain' },
      ],
      sort: byRank,
      size: 3,
    },
    {
      kind: 'top_metrics',
      top: [
        { sort: 3, metrics: [null, null] },
        { sort: 1, metrics: ['a', 0.5] },
        // Both that have no rank are equal, and the one that has something to tell comes first.
        { sort: null, metrics: ['b', 0.25] },
      ],
    },
  ],
  [
    {
      kind: 'top_hits',
      from: 0,
      size: 2,
      sort: [{ by: 'field', field: 'rank', descending: true, values: 'number' }],
      shows: ['plain'],
      source: true,
    },
    {
      kind: 'top_hits',
      count: 4,
      hits: [
        { index: '', shard: 0, offset: 1, key: 'k1', values: [3], source: '{"rank":[2,3]}' },
        {
          index: '',
          shard: 0,
          offset: 0,
          key: 'k0',
          values: [1],
          source: '{"rank":1,"price":0.5,"author":{"name":"a"}}',
        },
      ],
    },
  ],
];
for (const [request, partial] of rows) {
  test(`collect: ${JSON.stringify(request)}`, () => assert.deepEqual(aggregate(some, request), partial));
}

test('collect: cardinality counts the missing value once, and with those that have it', () => {
  const count = (missing?: string | number): unknown => {
    const request = { kind: 'cardinality', precisionThreshold: 100 } as const;
    const of = typeof missing === 'number' ? ofPrice : ofName;
    const { hashes } = aggregate(some, { ...request, ...of, ...(missing === undefined ? {} : { missing }) }) as {
      hashes: string;
    };
    return Buffer.from(hashes, 'base64').length / 8;
  };
  assert.deepEqual([count(), count('new'), count('a'), count(7), count(0.5)], [3, 4, 3, 3, 2]);
});

test('collect: a document with two weights is refused where it has a value', () => {
  const request = { kind: 'weighted_avg', weight: { field: 'rank' } } as const;
  assert.throws(() => aggregate(some, { ...request, value: { field: 'price', missing: 1 } }), {
    code: 'REQUEST_VALUE_INVALID',
    detail: { field: 'rank', expected: 'at most one weight in each document that has a value', actual: 2 },
  });
  assert.doesNotThrow(() => aggregate(some, { ...request, value: { field: 'price' } }));
});

test('collect: more than 1000 values of a bucket become a sketch, over segments too', () => {
  const values = (count: number): object[] => Array.from({ length: count }, (_, rank) => ({ rank: rank + 1 }));
  const request = { kind: 'percentiles', field: 'rank', show: 'plain', percents: [50], keyed: true } as const;
  const kept = aggregate(snapshotOf(values(400), values(600)), request);
  assert.ok(kept.kind === 'distribution' && 'values' in kept && kept.values.length === 1000);
  const sketched = aggregate(snapshotOf(values(401), values(600)), request);
  assert.ok(sketched.kind === 'distribution' && 'sketch' in sketched);
  assert.deepEqual([sketched.sketch.min, sketched.sketch.max], [1, 600]);
});

const topHits = {
  kind: 'top_hits',
  from: 0,
  size: 100,
  sort: [{ by: 'position', descending: true }],
  shows: ['plain'],
  source: true,
} as const;
const byRankTerms = {
  kind: 'terms',
  field: 'rank',
  values: 'number',
  show: 'plain',
  size: 10,
  shardSize: 10_000,
  order: byCount,
  minDocCount: 1,
} as const;

test('collect: where documents do not fit into what is sent, fewer buckets are', () => {
  // Some 8 kB each: of 2000 buckets no more than a thousand fit.
  const documents = Array.from({ length: 2000 }, (_, rank) => ({ rank, title: 'x'.repeat(8000) }));
  const request = { ...byRankTerms, aggregations: { h: { ...topHits, size: 1 } } };
  const partial = aggregate(snapshotOf(documents), request);
  assert.ok(partial.kind === 'terms');
  const { length } = JSON.stringify(partial);
  const limit = 128 * limits.bucketsMax;
  assert.ok(partial.buckets.length >= 10 && length > limit / 2 && length < 1.1 * limit, `${length} characters`);
  assert.equal(partial.cutCountMax, 1);
});

test('collect: documents of one bucket that do not fit into what is sent are refused', () => {
  const documents = Array.from({ length: 100 }, () => ({ title: 'x'.repeat(400_000) }));
  assert.throws(
    () => aggregate(snapshotOf(documents), topHits),
    (error: unknown) => {
      const { code, detail } = error as SheafError;
      return code === 'AGGREGATION_TOO_LARGE' && detail['limit'] === limits.partialBytesMax;
    },
  );
});

test('collect: the memory of hits in buckets is counted', () => {
  const documents = Array.from({ length: 4000 }, (_, rank) => ({
    rank: Array.from({ length: 100 }, (__, i) => rank * 100 + i),
  }));
  const request = { ...byRankTerms, aggregations: { h: { ...topHits, size: 1, source: false } } } as const;
  assert.throws(() => aggregate(snapshotOf(documents), request), { code: 'AGGREGATION_TOO_MANY_BUCKETS' });
});

test('collect: hits are read in steps', () => {
  const documents = Array.from({ length: 100 }, (_, rank) => ({ rank, title: 'x'.repeat(4000) }));
  const run = new SearchRun(
    { query: { kind: 'all' }, k: 0, sort: [], source: false, aggregations: { x: topHits } },
    [{ shard: 0, snapshot: snapshotOf(documents) }],
    caches,
  );
  // Looking at the documents is one step; then each step reads at most two sources.
  let steps = 1;
  for (; !run.step(32); steps++);
  assert.ok(steps > 50, String(steps));
});

test('collect: the memory of distributions is counted', () => {
  // From the least numbers to the largest, so that each sketch has as many bins as there can be.
  const price = Array.from({ length: 1001 }, (_, i) => (i % 2 === 0 ? 1e-300 : 1e300));
  const documents = Array.from({ length: 120 }, (_, rank) => ({ rank, price }));
  const percentiles = { kind: 'percentiles', field: 'price', show: 'plain', percents: [50], keyed: true } as const;
  const terms = {
    kind: 'terms',
    field: 'rank',
    values: 'number',
    show: 'plain',
    size: 10,
    shardSize: 10,
    order: byCount,
    minDocCount: 1,
    aggregations: { p: percentiles },
  } as const;
  assert.throws(
    () => aggregate(snapshotOf(documents), terms),
    (error) => error instanceof SheafError && error.detail['limit'] === limits.bucketsCollectedMax,
  );
});

test('collect: percentiles of whole numbers, which are counted first, are those of the values one by one', () => {
  for (let seed = 53_300_000; seed < 53_300_020; seed++) {
    const random = createRandom(seed);
    const reach = random.pick([10, 5000, 32_768, 100_000]);
    const draws = [
      () => random.integer(-reach, reach),
      () => random.pick([-32_769, -32_768, -1, -0, 0, 1, 32_767, 32_768, 1e15, -1e300]),
      () => random.integer(0, reach) + 0.5,
    ];
    const isMixed = random.chance(0.5);
    const documents = Array.from({ length: random.pick([900, 1001, 3000]) }, () => ({
      price: Array.from({ length: random.pick([0, 1, 1, 2]) }, () => (isMixed ? random.pick(draws) : draws[0]!)()),
    }));
    const one = new Distribution();
    for (const { price } of documents) for (const value of price) one.add(value);
    const percentiles = { kind: 'percentiles', field: 'price', show: 'plain', percents: [50], keyed: true } as const;
    assert.deepEqual(aggregate(snapshotOf(documents), percentiles), one.partial(), `seed ${seed}`);
  }
});
