import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AggregationPartials, AggregationRequests } from '../../shared/aggregation/definition.ts';
import type { CardinalityRequest } from '../../shared/aggregation/cardinality.ts';
import { mergeAggregations } from '../../shared/aggregation/merge.ts';
import { finishAggregations } from '../../shared/aggregation/result.ts';
import { wholeAnswer } from '../../shared/aggregation/whole-answer.fixture.ts';
import type { TermsRequest } from '../../shared/aggregation/terms.ts';
import type { TermsPartial } from '../../shared/aggregation/terms-partial.ts';
import { SheafError } from '../../shared/errors.ts';
import { limits } from '../../shared/limits.ts';
import { createRandom } from '../../shared/random/random.ts';
import { SearchRun } from '../collect/search-run.ts';
import { buildSegment } from '../segment/build.ts';
import { openSegment } from '../segment/open.ts';
import { fields } from '../segment/random-documents.fixture.ts';
import { liveSegment, makeSnapshot, type LiveSegment } from '../snapshot/snapshot.ts';
import { QueryCaches } from '../evaluate/query-caches.ts';

type Document = Readonly<Record<string, unknown>>;

function segmentOf(documents: readonly Document[]): LiveSegment {
  const stored = documents.map((document, i) => {
    return { key: `k${i}`, offset: i, source: Buffer.from(JSON.stringify(document)) };
  });
  return liveSegment(openSegment(buildSegment(fields, stored)));
}

/** What a leaf sends for a shard of some segments. */
function collect(segments: readonly LiveSegment[], aggregations: AggregationRequests): AggregationPartials {
  const documents = segments.reduce((sum, { segment }) => sum + segment.documents, 0);
  const shards = [{ shard: 0, snapshot: makeSnapshot(segments, documents) }];
  const run = new SearchRun(
    { query: { kind: 'all' }, k: 0, sort: [], source: false, aggregations },
    shards,
    new QueryCaches(),
  );
  while (!run.step(1024));
  return run.result().aggregations;
}

function resultOf(requests: AggregationRequests, parts: readonly AggregationPartials[]): unknown {
  return JSON.parse(JSON.stringify(finishAggregations(requests, mergeAggregations(requests, parts), wholeAnswer)));
}

const ofRank: CardinalityRequest = { kind: 'cardinality', field: 'rank', values: 'number', precisionThreshold: 3000 };
const ofName: CardinalityRequest = { ...ofRank, field: 'author.name', values: 'string' };
const terms: TermsRequest = {
  kind: 'terms',
  field: 'author.name',
  values: 'string',
  show: 'plain',
  size: 10,
  shardSize: 10_000,
  order: [{ by: 'key', descending: false }],
  minDocCount: 1,
  aggregations: {},
};

const many = <T>(count: number, request: T): Record<string, T> =>
  Object.fromEntries(Array.from({ length: count }, (_, i) => [`c${i}`, request]));

// Each row: the values of a field in documents, how many distinct ones there are.
const rows: [field: string, documents: unknown[], distinct: number][] = [
  ['rank', [], 0],
  ['rank', [1, 1, 2], 2],
  ['rank', [[1, 2, 2], [], null, 3], 3],
  ['price', [0, 0, 0.5, 5e-324], 3],
  ['sold', [true, false, true], 2],
  ['made', ['2024-01-01T00:00:00Z', '2024-01-01T01:00:00+01:00', '2025-01-01T00:00:00Z'], 2],
  ['author.name', ['a', ['b', 'a'], '', '\u{1f600}', '\ufffd'], 5],
  ['rank', [1], 1],
];
for (const [field, values, distinct] of rows) {
  test(`cardinality: of ${field} in ${JSON.stringify(values)}`, () => {
    const documents = values.map((value) =>
      field === 'author.name' ? { author: { name: value } } : { [field]: value },
    );
    const request = { ...ofRank, field, values: field === 'author.name' ? 'string' : 'number' } as const;
    // As one segment, as a segment for each, and as a shard for each.
    const each = documents.map((document) => segmentOf([document]));
    const expected = { a: { value: distinct, error: 0 } };
    assert.deepEqual(resultOf({ a: request }, [collect([segmentOf(documents)], { a: request })]), expected);
    assert.deepEqual(resultOf({ a: request }, [collect(each, { a: request })]), expected);
    const shards = each.map((segment) => collect([segment], { a: request }));
    assert.deepEqual(resultOf({ a: request }, shards), expected);
  });
}

test('cardinality: of a field that no segment has there are no values', () => {
  const requests = { a: { ...ofRank, field: 'missing' }, b: { ...ofName, field: 'missing' } };
  const none = { value: 0, error: 0 };
  assert.deepEqual(resultOf(requests, [collect([segmentOf([{ rank: 1 }])], requests)]), { a: none, b: none });
});

test('cardinality: exact up to the threshold, whatever the shards, and near the truth beyond it', () => {
  const random = createRandom(20_240_531);
  const range = 6000;
  const documents = Array.from({ length: 12_000 }, () => ({
    author: { name: `n${random.integer(0, 4)}` },
    rank: Array.from({ length: random.integer(0, 3) }, () => random.integer(-range, range)),
  }));
  const distinct = new Set(documents.flatMap(({ rank }) => rank)).size;
  const inBucket = (name: string): number =>
    new Set(documents.filter(({ author }) => author.name === name).flatMap(({ rank }) => rank)).size;
  const requests: AggregationRequests = {
    exact: { ...ofRank, precisionThreshold: 40_000 },
    rough: { ...ofRank, precisionThreshold: 1000 },
    names: { ...terms, aggregations: { exact: { ...ofRank, precisionThreshold: 40_000 } } },
  };
  for (const shards of [1, 3, 16]) {
    const parts = Array.from({ length: shards }, (_, shard) =>
      collect([segmentOf(documents.filter((__, i) => i % shards === shard))], requests),
    );
    const found = resultOf(requests, parts) as {
      exact: object;
      rough: { value: number; error: number };
      names: { buckets: { key: string; exact: object }[] };
    };
    assert.deepEqual(found.exact, { value: distinct, error: 0 });
    for (const { key, exact } of found.names.buckets) assert.deepEqual(exact, { value: inBucket(key), error: 0 });
    const { value, error } = found.rough;
    assert.ok(error > 0.01 && error < 0.012 && Math.abs(value / distinct - 1) < 4 * error, `${value} of ${distinct}`);
  }
});

const twentyThousand = segmentOf(
  Array.from({ length: 20_000 }, (_, i) => ({ author: { name: `id-${i}` }, rank: i % 50 })),
);

/** 200 buckets with 1,001 values each. */
const large = segmentOf(
  Array.from({ length: 200 }, (_, i) => ({
    author: { name: `id-${i}` },
    rank: Array.from({ length: 1001 }, (__, k) => 1000 * i + k),
  })),
);
const large20 = { ...terms, aggregations: many(20, { ...ofRank, precisionThreshold: 1000 }) };

// Each row: what is asked, the limit it breaks.
const refused: [name: string, segment: LiveSegment, request: TermsRequest, limit: number][] = [
  [
    'small sets in many buckets',
    twentyThousand,
    { ...terms, aggregations: many(10, ofRank) },
    limits.bucketsCollectedMax,
  ],
];
for (const [name, segment, request, limit] of refused) {
  test(`cardinality: refuses ${name}`, () => {
    assert.throws(
      () => collect([segment], { a: request }),
      (error) =>
        error instanceof SheafError &&
        error.code === 'AGGREGATION_TOO_MANY_BUCKETS' &&
        error.detail['limit'] === limit &&
        Number(error.detail['actual']) > limit,
    );
  });
}

test('cardinality: refuses large sets that the answer must have', () => {
  const aggregations = many(22, { ...ofRank, precisionThreshold: 1000 });
  assert.throws(
    () => collect([large], { a: { ...terms, size: 200, aggregations } }),
    (error) =>
      error instanceof SheafError &&
      error.code === 'AGGREGATION_TOO_LARGE' &&
      error.detail['limit'] === limits.partialBytesMax,
  );
});

test('cardinality: in as many buckets as an answer has', () => {
  const documents = Array.from({ length: limits.bucketsMax }, (_, i) => ({ rank: i, price: [i, i + 0.5] }));
  const request: TermsRequest = {
    ...terms,
    field: 'rank',
    values: 'number',
    size: limits.bucketsMax,
    shardSize: limits.bucketsMax,
    aggregations: { c: { ...ofRank, field: 'price' } },
  };
  const { a } = collect([segmentOf(documents)], { a: request }) as { a: TermsPartial };
  assert.equal(a.buckets.length, limits.bucketsMax);
  const isExact = ({ aggregations: { c } }: TermsPartial['buckets'][number]): boolean => {
    return c !== undefined && 'hashes' in c && c.hashes.length === 24;
  };
  assert.ok(a.buckets.every(isExact));
});

test('cardinality: of terms with large sets fewer are sent', () => {
  const { a } = collect([large], { a: large20 }) as { a: TermsPartial };
  // 8,192 registers count as 64 buckets, 20 of them in each.
  assert.equal(a.buckets.length, Math.floor(limits.bucketsMax / (1 + 20 * 64)));
  const { b } = collect([large], { b: { ...large20, size: 100 } }) as { b: TermsPartial };
  assert.equal(b.buckets.length, 100);
});
