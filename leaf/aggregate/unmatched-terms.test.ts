import assert from 'node:assert/strict';
import { test } from 'node:test';
import { byCount } from '../../shared/aggregation/terms-order.ts';
import type { TermsRequest } from '../../shared/aggregation/terms.ts';
import { limits } from '../../shared/limits.ts';
import { SearchRun } from '../collect/search-run.ts';
import { QueryCaches } from '../evaluate/query-caches.ts';
import { liveSegment, makeSnapshot, withDeleted } from '../snapshot/snapshot.ts';
import { segmentOf } from './aggregate.fixture.ts';

const names: TermsRequest = {
  kind: 'terms',
  field: 'author.name',
  values: 'string',
  show: 'plain',
  size: 10,
  shardSize: 10,
  order: byCount,
  minDocCount: 0,
  others: { kind: 'all' },
  aggregations: { s: { kind: 'sum', field: 'rank', values: 'number' } },
};
const ranks: TermsRequest = { ...names, field: 'rank', values: 'number', aggregations: {} };

// The second document is deleted, and so is the only one of its segment.
const segments = [
  withDeleted(
    liveSegment(
      segmentOf([
        { rank: 1, author: { name: 'a' } },
        { rank: 2, author: { name: 'gone' } },
        { rank: [3, 1], author: { name: ['b', 'c'] } },
        { sold: true },
      ]),
    ),
    [1],
  ),
  withDeleted(liveSegment(segmentOf([{ rank: 4, author: { name: 'gone' } }])), [0]),
];

/** Keys and counts of the documents of rank 3. */
function told(request: TermsRequest, stepDocuments = 100): string {
  const query = { kind: 'numbers', field: 'rank', values: [3] } as const;
  const run = new SearchRun(
    { query, k: 0, sort: [], source: false, aggregations: { x: request } },
    [{ shard: 0, snapshot: makeSnapshot(segments, 9) }],
    new QueryCaches(),
  );
  while (!run.step(stepDocuments));
  const { x } = run.result().aggregations;
  assert.ok(x?.kind === 'terms');
  return x.buckets.map(({ key, count }) => `${key}:${count}`).join(' ');
}

// Each row: a request, what is told of it.
const rows: [name: string, request: TermsRequest, told: string][] = [
  ['terms of live documents, and no others', names, 'a:0 b:1 c:1'],
  ['numbers', ranks, '1:1 3:1'],
  ['that of documents without a value', { ...names, missing: 'none' }, 'a:0 b:1 c:1 none:0'],
  ['those that are chosen', { ...names, choice: { exclude: { kind: 'values', values: ['a', 'b'] } } }, 'c:1'],
  [
    'of the documents that there are to the caller',
    { ...names, others: { kind: 'term', field: 'author.name', term: 'a' } },
    'a:0 b:1 c:1',
  ],
  ['none where there are none to the caller', { ...names, others: { kind: 'none' } }, 'b:1 c:1'],
  ['the first of them', { ...names, size: 1, shardSize: 1, order: [{ by: 'key', descending: false }] }, 'a:0'],
  ['none where there are enough that match', { ...names, size: 2, shardSize: 2 }, 'b:1 c:1'],
];
for (const [name, request, expected] of rows) {
  test(`terms with a min_doc_count of 0: ${name}`, () => {
    assert.equal(told(request), expected);
    assert.equal(told(request, 1), expected);
  });
}

test('terms with a min_doc_count of 0: what is told is counted', () => {
  const count = limits.bucketsCollectedMax / 2 + 1;
  const perDocument = 1000;
  const documents = Array.from({ length: Math.ceil(count / perDocument) }, (_, i) => ({
    rank: Array.from({ length: perDocument }, (__, j) => i * perDocument + j),
  }));
  const run = new SearchRun(
    { query: { kind: 'none' }, k: 0, sort: [], source: false, aggregations: { x: ranks } },
    [{ shard: 0, snapshot: makeSnapshot([liveSegment(segmentOf(documents))], 0) }],
    new QueryCaches(),
  );
  assert.throws(
    () => {
      while (!run.step(1024));
    },
    { code: 'AGGREGATION_TOO_MANY_BUCKETS' },
  );
});
