/** What one document may take, as nothing else goes on meanwhile. Counted, not timed. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AggregationRequests } from '../../shared/aggregation/definition.ts';
import type { RangeRequest } from '../../shared/aggregation/range.ts';
import { limits } from '../../shared/limits.ts';
import { SearchRun } from '../collect/search-run.ts';
import { QueryCaches } from '../evaluate/query-caches.ts';
import type { Segment } from '../segment/open.ts';
import { liveSegment, makeSnapshot } from '../snapshot/snapshot.ts';
import { segmentOf } from './aggregate.fixture.ts';
import { topBuckets } from './document-batch.ts';
import { batchSizeIn } from './document-work.ts';
import { makeCollectors } from './make-collectors.ts';
import { TaskBudget } from './task-budget.ts';
import { TaskDocuments } from './task-documents.ts';
import { TaskFilters } from './task-filters.ts';

const stats = { kind: 'stats', field: 'rank', values: 'number' } as const;

/** All of which hold nearly all values from 0 on. */
function overlapping(count: number, aggregations: AggregationRequests): RangeRequest {
  return { kind: 'range', field: 'rank', ranges: Array.from({ length: count }, (_, from) => ({ from })), aggregations };
}

const histogramOf = (aggregations: AggregationRequests) =>
  ({ kind: 'histogram', field: 'rank', show: 'plain', interval: 1, offset: 0, minDocCount: 1, aggregations }) as const;

const upTo = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

/** The work of one document in one piece. */
function workOf(segment: Segment, requests: AggregationRequests): number {
  const budget = new TaskBudget();
  const collectors = makeCollectors(requests, { budget, filters: new TaskFilters(), documents: new TaskDocuments('') });
  collectors.enterSegment(segment);
  budget.beginBatch(1);
  collectors.collect(topBuckets, Uint32Array.of(0), 1);
  return budget.work;
}

test('collect: nested ranges look at the values of a document once, not once for each bucket that it is in', () => {
  const segment = segmentOf([{ rank: upTo(1000) }]);
  const requests = { r: overlapping(700, { r: overlapping(700, {}) }) };
  // 700 × 700 buckets, and the values twice. One by one it would be 700 × 1000 × 700.
  const work = workOf(segment, requests);
  assert.ok(work >= 700 * 700 && work < 2 * 700 * 700, String(work));
});

test('collect: a document that would take too long is refused', () => {
  const segment = segmentOf([{ rank: upTo(900) }]);
  const requests = { a: histogramOf({ b: histogramOf({ s: stats }) }) };
  assert.throws(
    () => workOf(segment, requests),
    (error: unknown) => {
      const { code, detail } = error as { code: string; detail: { limit: number } };
      return code === 'AGGREGATION_TOO_MANY_BUCKETS' && detail.limit === limits.documentWorkMax;
    },
  );
  // Each of 900 buckets has all of its values.
  assert.ok(workOf(segment, { a: histogramOf({ s: stats }) }) > 900 * 900);
});

// Each row: documents, aggregations, documents of a batch.
const rows: [name: string, documents: object[], requests: AggregationRequests, size: number][] = [
  ['one value each', [{ rank: 1 }], { a: histogramOf({ b: histogramOf({ s: stats }) }) }, 512],
  ['no such field', [{}], { a: histogramOf({ s: stats }) }, 512],
  ['a thousand values in one of them', [{ rank: 1 }, { rank: upTo(1000) }], { s: stats }, 65],
  [
    'a value in many ranges',
    [{ rank: 1 }],
    { a: overlapping(10, { b: overlapping(10, { c: overlapping(10, {}) }) }) },
    59,
  ],
  ['a value in far too many', [{ rank: 1 }], { a: overlapping(990, { b: overlapping(990, {}) }) }, 1],
  ['the same, nested', [{ rank: upTo(200) }], { a: histogramOf({ b: histogramOf({}) }) }, 1],
];
for (const [name, documents, requests, size] of rows) {
  test(`batchSizeIn: ${name}`, () => assert.equal(batchSizeIn(segmentOf(documents), requests), size));
}

test('SearchRun: documents of many values after others of few do not come in one step', () => {
  const light = Array.from({ length: 1200 }, () => ({ rank: 1 }));
  const heavy = Array.from({ length: 100 }, () => ({ rank: upTo(200) }));
  const segment = segmentOf([...light, ...heavy]);
  const aggregations = { a: histogramOf({ b: histogramOf({}) }) };
  const run = new SearchRun(
    { query: { kind: 'all' }, k: 0, sort: [], source: false, aggregations },
    [{ shard: 0, snapshot: makeSnapshot([liveSegment(segment)], 0) }],
    new QueryCaches(),
  );
  let steps = 1;
  for (; !run.step(1024); steps++);
  // Each of the heavy ones is more work than a step should be.
  assert.ok(steps > heavy.length, String(steps));
});
