import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mergeAggregations } from '../../shared/aggregation/merge.ts';
import type {
  AggregationPartials,
  AggregationRequest,
  AggregationRequests,
} from '../../shared/aggregation/definition.ts';
import type { HistogramRequest } from '../../shared/aggregation/histogram.ts';
import { finishAggregations } from '../../shared/aggregation/result.ts';
import { exactSum } from '../../shared/aggregation/sum.ts';
import { wholeAnswer } from '../../shared/aggregation/whole-answer.fixture.ts';
import type { TermsRequest } from '../../shared/aggregation/terms.ts';
import type { TermsPartial } from '../../shared/aggregation/terms-partial.ts';
import { SheafError } from '../../shared/errors.ts';
import { limits } from '../../shared/limits.ts';
import { SearchRun, type SearchRequest } from '../collect/search-run.ts';
import { buildSegment } from '../segment/build.ts';
import { openSegment } from '../segment/open.ts';
import { Draw, fields } from '../segment/random-documents.fixture.ts';
import { liveSegment, makeSnapshot, withDeleted } from '../snapshot/snapshot.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import { QueryCaches } from '../evaluate/query-caches.ts';
import { byCount } from '../../shared/aggregation/terms-order.ts';

const caches = new QueryCaches();

interface Shard {
  readonly shard: number;
  readonly snapshot: Snapshot;
}

function shardOf(documents: readonly object[]): Shard {
  const stored = documents.map((document, i) => {
    return { key: `k${i}`, offset: i, source: Buffer.from(JSON.stringify(document)) };
  });
  return { shard: 0, snapshot: makeSnapshot([liveSegment(openSegment(buildSegment(fields, stored)))], stored.length) };
}

/** Documents with distinct names, in an order far from sorted. */
const distinct = (count: number): object[] =>
  Array.from({ length: count }, (_, i) => ({ author: { name: `id-${(i * 7919) % count}` }, rank: (i * 7919) % count }));

const asking = { query: { kind: 'all' }, k: 0, sort: [], source: false } as const;

function makeRun(shard: Shard, aggregations: AggregationRequests, known = caches): SearchRun {
  return new SearchRun({ ...asking, aggregations }, [shard], known);
}

function aggregate(shard: Shard, aggregations: AggregationRequests, known = caches): AggregationPartials {
  const run = makeRun(shard, aggregations, known);
  while (!run.step(1024));
  return run.result().aggregations;
}

const terms: TermsRequest = {
  kind: 'terms',
  field: 'author.name',
  values: 'string',
  show: 'plain',
  size: 10,
  shardSize: 10_000,
  order: byCount,
  minDocCount: 1,
  aggregations: {},
};
const numberTerms: TermsRequest = { ...terms, field: 'rank', values: 'number' };
const histogram: HistogramRequest = {
  kind: 'histogram',
  field: 'rank',
  show: 'plain',
  interval: 1,
  offset: 0,
  minDocCount: 1,
  aggregations: {},
};

const metricOfRank = { kind: 'stats', field: 'rank', values: 'number' } as const;

const many = <T>(count: number, request: T): Record<string, T> =>
  Object.fromEntries(Array.from({ length: count }, (_, i) => [`a${i}`, request]));

function sentBy(partials: AggregationPartials): number {
  let sum = 0;
  for (const partial of Object.values(partials)) {
    if (!('buckets' in partial)) continue;
    sum += partial.buckets.length;
    for (const bucket of partial.buckets) sum += sentBy(bucket.aggregations);
  }
  return sum;
}

const twentyThousand = shardOf(distinct(20_000));

// Each row: aggregations over 20,000 distinct values, the buckets that are sent.
const sentRows: [name: string, requests: AggregationRequests, sent: number][] = [
  ['one is cut to its shard size', { a: terms }, 10_000],
  ['six have room for their shard sizes', many(6, terms), 60_000],
  ['twenty share the room', many(20, terms), 20 * Math.floor(limits.bucketsMax / 20)],
  ['numbers share like strings', many(20, numberTerms), 20 * Math.floor(limits.bucketsMax / 20)],
  ['the size is sent at any rate', many(20, { ...terms, size: 5000 }), 100_000],
  [
    'what one does not need is left to others',
    { ...many(7, numberTerms), few: { ...histogram, interval: 5000 } },
    65_531,
  ],
  ['nested ones share it too', { a: { ...terms, aggregations: many(9, terms) } }, 65_530],
];
for (const [name, requests, sent] of sentRows) {
  test(`partials: ${name}`, () => assert.equal(sentBy(aggregate(twentyThousand, requests)), sent));
}

// Each row: groups with one term each, terms of the group that has many, the buckets sent and those cut in all.
const unevenRows: [groups: number, termCount: number, sent: number, cut: number][] = [
  [600, 5000, 600 + 599 + 5000, 0],
  [600, 64_337, 600 + 599 + 10_000, 54_337],
  // One bucket more than an answer may have: every group has the same room.
  [600, 64_338, 600 + 599 + 108, 64_338 - 108],
];
for (const [groups, termCount, sent, cut] of unevenRows) {
  test(`partials: ${groups} groups, one of ${termCount} terms: ${sent} are sent and ${cut} cut`, () => {
    const documents = Array.from({ length: groups - 1 + termCount }, (_, i) => {
      return { rank: Math.max(0, i - termCount + 1), author: { name: `${Math.min(i, termCount)}` } };
    });
    const partials = aggregate(shardOf(documents), { a: { ...numberTerms, aggregations: { b: terms } } });
    const nested = (partials['a'] as TermsPartial).buckets.map(({ aggregations }) => aggregations['b'] as TermsPartial);
    const cutCount = nested.reduce((sum, { cutCountSum }) => sum + cutCountSum, 0);
    assert.deepEqual([sentBy(partials), cutCount], [sent, cut]);
  });
}

// Each row: aggregations over 20,000 distinct values, the limit they break.
const brokenRows: [name: string, requests: AggregationRequests, limit: number][] = [
  ['side by side', many(99, terms), limits.bucketsCollectedMax],
  ['numbers', many(99, numberTerms), limits.bucketsCollectedMax],
  ['nested', { a: { ...terms, aggregations: many(60, numberTerms) } }, limits.bucketsCollectedMax],
  ['metrics in buckets', { a: { ...terms, aggregations: many(60, metricOfRank) } }, limits.bucketsCollectedMax],
];
for (const [name, requests, limit] of brokenRows) {
  test(`partials: refuses too many buckets: ${name}`, () => {
    assert.throws(
      () => aggregate(twentyThousand, requests),
      (error) =>
        error instanceof SheafError &&
        error.code === 'AGGREGATION_TOO_MANY_BUCKETS' &&
        error.detail['limit'] === limit &&
        Number(error.detail['actual']) > limit &&
        // The one at the top that broke it: the last of those side by side need not be reached.
        Object.keys(requests).some((asked) => error.at === `/aggs/${asked}`),
    );
  });
}

const inHistogram = (count: number, request: AggregationRequest): AggregationRequests => {
  return { a: { ...histogram, aggregations: many(count, request) } };
};
const ofCardinality = { kind: 'cardinality', field: 'rank', values: 'number', precisionThreshold: 10 } as const;

/** 500 times all documents, each by their rank. */
const manyFilters: AggregationRequest = {
  kind: 'filters',
  filters: Array.from({ length: 500 }, () => ({ kind: 'all' })),
  hasOther: false,
  show: 'anonymous',
  keys: [],
  aggregations: { h: { ...histogram, interval: 400, aggregations: many(30, metricOfRank) } },
};

// Each row: aggregations over 20,000 distinct values whose partials are more than a leaf sends.
const largeRows: [name: string, requests: AggregationRequests][] = [
  ['histograms', many(25, histogram)],
  ['sizes', many(25, { ...terms, size: 20_000, shardSize: 20_000 })],
  ['metrics of buckets', inHistogram(40, metricOfRank)],
  ['other metrics of buckets', inHistogram(20, { kind: 'extended_stats', field: 'rank', sigma: 2 })],
  [
    'metrics beside what is no metric',
    { a: { ...histogram, aggregations: { ...many(30, metricOfRank), c: ofCardinality } } },
  ],
  ['metrics in filters', { a: manyFilters }],
];
for (const [name, requests] of largeRows) {
  test(`partials: refuses what is too large to be sent: ${name}`, () => {
    assert.throws(
      () => aggregate(twentyThousand, requests),
      (error) =>
        error instanceof SheafError &&
        error.code === 'AGGREGATION_TOO_LARGE' &&
        error.at!.startsWith('/aggs/a') &&
        error.detail['limit'] === limits.partialBytesMax &&
        Number(error.detail['actual']) > limits.partialBytesMax,
    );
  });
}

test('partials: long terms count for more than short ones', () => {
  const ofLength = (length: number): object[] =>
    Array.from({ length: 4500 }, (_, i) => ({ author: { name: `${i}`.padEnd(length, 'x') }, rank: 1 }));
  const requests = { a: { ...terms, aggregations: many(60, metricOfRank) } };
  assert.equal(sentBy(aggregate(shardOf(ofLength(8)), requests)), 4500);
  assert.throws(() => aggregate(shardOf(ofLength(8191)), requests), { code: 'AGGREGATION_TOO_LARGE' });
});

test('partials: terms with many metrics are cut to what can be sent', () => {
  const requests = { a: { ...terms, aggregations: many(60, metricOfRank) } };
  const { a } = aggregate(shardOf(distinct(14_000)), requests) as { a: TermsPartial };
  const { length } = JSON.stringify(a);
  assert.ok(a.buckets.length > 1000 && a.buckets.length < 10_000, `${a.buckets.length} buckets`);
  assert.ok(length > limits.partialBytesMax / 3 && length < limits.partialBytesMax, `${length} characters`);
  assert.equal(a.cutCountMax, 1);
});

test('step: neither collecting nor finishing does much more at a time than it was allowed', () => {
  const requests = many(10, terms);
  const run = makeRun(twentyThousand, requests);
  let steps = 1;
  while (!run.step(1024)) steps++;
  // 200,000 values at 4 a document; then the counts of each aggregation's 20,000 buckets are looked at in several passes at 16 a
  // document, and 10,000 are made.
  const collecting = 200_000 / 4 / 1024;
  const finishing = (10 * (4 * (20_000 / 16) + 10_000)) / 1024;
  assert.ok(steps > 0.9 * (collecting + finishing), `${steps} steps`);
  assert.ok(steps < 3 * (collecting + finishing), `${steps} steps`);
});

test('step: a document of many values ends the step', () => {
  const values = Array.from({ length: 2000 }, (_, i) => i);
  const run = makeRun(shardOf(Array.from({ length: 50 }, () => ({ rank: values }))), { a: numberTerms });
  let steps = 1;
  while (!run.step(100)) steps++;
  assert.ok(steps >= 50, `${steps} steps`);
});

test('step: sources are read over many steps', () => {
  const request = { query: { kind: 'all' }, k: 10_000, sort: [{ by: 'position', descending: false }] } as const;
  const run = new SearchRun(
    { ...request, source: { includes: ['rank'], excludes: [] }, aggregations: {} },
    [twentyThousand],
    caches,
  );
  let steps = 1;
  while (!run.step(1024)) steps++;
  assert.ok(steps > 20_000 / 1024 + 10_000 / 1024, `${steps} steps`);
  assert.equal(run.result().sources.length, 10_000);
});

test('partials: after any cut the error bound holds', () => {
  for (let seed = 1; seed <= 6; seed++) {
    const draw = new Draw(seed);
    const documents = Array.from({ length: 3 }, () =>
      Array.from({ length: 3000 }, () => ({ author: { name: `n${Math.min(draw.below(4000), draw.below(4000))}` } })),
    );
    const order = [byCount, [{ by: 'key', descending: false }], [{ by: 'key', descending: true }]] as const;
    const request = { ...terms, order: order[seed % 3]!, size: 1 + draw.below(20) };
    // So many that each is cut far below its shard size.
    const requests = many(60, request);
    const parts = documents.map((list) => aggregate(shardOf(list), requests));
    const exact = new Map<string, number>();
    for (const { author } of documents.flat()) exact.set(author.name, (exact.get(author.name) ?? 0) + 1);
    const merged = mergeAggregations({ a0: request }, parts);
    const results = finishAggregations({ a0: request }, merged, wholeAnswer);
    const { a0 } = JSON.parse(JSON.stringify(results)) as { a0: TermsResult };
    const bound = a0.doc_count_error_upper_bound;
    const { buckets, cutCountMax } = merged['a0'] as TermsPartial;
    assert.ok(cutCountMax > 0, `seed ${seed}: nothing was cut`);
    // By key the list is whole: what was cut comes after it.
    assert.equal(bound, request.order === byCount ? cutCountMax : 0, `seed ${seed}`);
    for (const { key, doc_count: count } of a0.buckets) {
      const error = exact.get(key)! - count;
      assert.ok(error >= 0 && error <= bound, `seed ${seed}: ${key} is short by ${error}, bound ${bound}`);
    }
    const sent = new Set(buckets.map(({ key }) => String(key)));
    for (const [key, count] of exact) assert.ok(sent.has(key) || count <= cutCountMax, `seed ${seed}: ${key} was lost`);
    const all = a0.buckets.reduce((sum, bucket) => sum + bucket.doc_count, a0.sum_other_doc_count);
    assert.equal(all, 9000, `seed ${seed}`);
  }
});

// Each row: values of a field, the interval by which its histogram cannot be told.
const refused: [values: number[], interval: number][] = [
  [[1_700_000_000_000, 1_700_000_000_001], 0.0001],
  [[1e17, 1e17 + 16], 1],
  [[1, 2], 1e-300],
  [[-1.7e308, 1.7e308], 1],
];
for (const minDocCount of [0, 1]) {
  for (const [values, interval] of refused) {
    test(`partials: refuses a histogram of ${values.join(' and ')} by ${interval}, min_doc_count ${minDocCount}`, () => {
      const shard = shardOf(values.map((price) => ({ price })));
      assert.throws(() => aggregate(shard, { h: { ...histogram, field: 'price', interval, minDocCount } }), {
        code: 'REQUEST_VALUE_INVALID',
      });
    });
  }
}

test('partials: extreme values add up to numbers', () => {
  const [low, high] = [-1.7e308, 1.7e308];
  const kinds = ['min', 'max', 'sum', 'avg', 'stats', 'value_count'] as const;
  const metrics = Object.fromEntries(kinds.map((kind) => [kind, { kind, field: 'price', values: 'number' } as const]));
  const requests = { ...metrics, t: { ...numberTerms, field: 'price', aggregations: metrics } };
  for (const values of [
    [high, high],
    [low, low, low],
    [high, low, high],
    [high, high, low, low, low],
    [5e-324, high],
  ]) {
    const parts = [values, values.toReversed()].map((list) =>
      aggregate(shardOf([{ price: list }, ...list.map((price) => ({ price }))]), requests),
    );
    const merged = mergeAggregations(requests, parts);
    for (const json of [parts, merged, finishAggregations(requests, merged, wholeAnswer)].map((each) =>
      JSON.stringify(each),
    )) {
      assert.ok(!json.includes('null'), `${values.join()}: ${json}`);
    }
  }
});

/** Values that repeat within a document and among documents, and documents without any. */
function repeatingDocuments(draw: Draw, count: number): object[] {
  return Array.from({ length: count }, () => {
    return { author: { name: draw.some(4, () => `n${draw.below(50)}`) }, rank: draw.below(20) };
  });
}

test('partials: the same the first time, and when terms are known from searches before', () => {
  const sum = { kind: 'sum', field: 'rank', values: 'number' } as const;
  const cardinality = { kind: 'cardinality', field: 'author.name', values: 'string', precisionThreshold: 5 } as const;
  const requests: AggregationRequests = {
    plain: terms,
    nesting: { ...terms, aggregations: { sum, inner: terms } },
    inNumbers: { ...numberTerms, aggregations: { inner: terms } },
    cut: { ...terms, size: 3, shardSize: 7 },
    cutByKey: { ...terms, order: [{ by: 'key', descending: true }], size: 3, shardSize: 7 },
    cardinality,
  };
  for (let seed = 1; seed <= 10; seed++) {
    const draw = new Draw(seed);
    // One segment, several, and several of which one has no such field.
    const lists = [[200], [100, 0, 150, 40], [100, 30]][seed % 3]!.map((count) => repeatingDocuments(draw, count));
    if (seed % 3 === 2) lists.push([{ rank: 1 }]);
    const deleted = draw.chance(0.5) ? [0, 7] : [];
    const deletedOf = (list: readonly object[]): number[] => (list.length >= 100 ? deleted : []);
    const segments = lists.map((list) => {
      return withDeleted(liveSegment(shardOf(list).snapshot.segments[0]!.segment), deletedOf(list));
    });
    const shard = { shard: 0, snapshot: makeSnapshot(segments, 1000) };
    const first = aggregate(shard, requests, new QueryCaches());
    for (let again = 0; again < 4; again++) assert.deepEqual(aggregate(shard, requests), first, `seed ${seed}`);
    const live = lists.flatMap((list) => list.filter((_, at) => !deletedOf(list).includes(at)));
    assert.deepEqual(aggregate(shardOf(live), requests), first, `seed ${seed}`);
  }
});

test('partials: terms of all documents are counted without looking at documents', () => {
  const shard = shardOf(repeatingDocuments(new Draw(1), 300));
  const steps = (query: SearchRequest['query']): number => {
    const run = new SearchRun({ ...asking, query, aggregations: { a: terms } }, [shard], caches);
    let count = 1;
    while (!run.step(10)) count++;
    return count;
  };
  steps({ kind: 'all' });
  assert.ok(steps({ kind: 'all' }) * 2 < steps({ kind: 'exists', field: 'rank' }));
});

interface TermsResult {
  readonly doc_count_error_upper_bound: number;
  readonly sum_other_doc_count: number;
  readonly buckets: readonly { readonly key: string; readonly doc_count: number }[];
}

test('metric: what a sum lacks is exact where it is more than a double holds', () => {
  // Each value is less than half of what the sum can tell apart, and odd numbers of them are no doubles together.
  const value = 2 ** 46 + 1;
  const documents = [{ price: 2 ** 100 }, ...Array.from({ length: 999 }, () => ({ price: value }))];
  const requests = { s: { kind: 'sum', field: 'price', values: 'number' } } as const;
  const { s } = aggregate(shardOf(documents), requests);
  assert.ok(s?.kind === 'metric');
  assert.equal(exactSum(s.sum), 2n ** 100n + 999n * BigInt(value));
});
