import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AggregationPartial, AggregationPartials } from '../../shared/aggregation/definition.ts';
import { mergeAggregations } from '../../shared/aggregation/merge.ts';
import { finishAggregations } from '../../shared/aggregation/result.ts';
import { bucketsPerStep } from '../../shared/aggregation/steps.ts';
import type { IndexDefinition } from '../../shared/catalog/catalog.ts';
import { rootKinds } from '../kinds/root-kinds.ts';
import { MergeReserve, mergeWorkOf } from '../plan/merge-reserve.ts';
import { makeThread } from '../plan/thread.fixture.ts';
import { parseSearchBody } from '../query/parse-search-body.ts';
import type { SearchAnswer } from './answer.ts';
import { finishAnswer } from './finish-answer.ts';

const schema: IndexDefinition['schema'] = {
  dynamic: 'strict',
  fields: { at: { kind: 'date' }, n: { kind: 'integer' }, word: { kind: 'keyword' } },
};
const index = { id: 'x', name: 'i', kind: 'document', schema, shards: 2, replicas: 1 } as IndexDefinition;
const hourMs = 3_600_000;
const { signal } = new AbortController();

const numbers = { s: { extended_stats: { field: 'n' } } };
const byHour = { field: 'at', calendar_interval: 'hour', time_zone: 'Europe/Paris' };

/** A bucket of documents with the values 1 and 3. */
function bucketOf(key: number | string) {
  const s: AggregationPartial = { kind: 'extended_stats', count: 2, sum: [4], min: 1, max: 3, squares: [10] };
  return { key, count: 2, aggregations: { s } };
}

// Each row: what is asked, what each of two leaves answers, buckets of the answer, and how many are looked at: those of both parts, those that
// were merged, those that fill gaps or are ordered by a number, and those whose results are made.
const keys = (count: number): number[] => Array.from({ length: count }, (_, i) => i * hourMs);
const rows: [name: string, aggs: object, part: AggregationPartial, buckets: number, looked: number][] = [
  [
    'hours in a zone',
    { x: { date_histogram: byHour, aggs: numbers } },
    { kind: 'histogram', buckets: keys(13_000).map(bucketOf) },
    13_000,
    65_000,
  ],
  [
    'hours between the first and the last',
    { x: { date_histogram: { ...byHour, min_doc_count: 0 } } },
    { kind: 'histogram', buckets: [0, 12_999].map((hour) => ({ key: hour * hourMs, count: 1, aggregations: {} })) },
    13_000,
    26_000,
  ],
  [
    'terms by a number of each, of which few are listed',
    { x: { terms: { field: 'word', size: 10, order: { 's.std_deviation': 'desc' } }, aggs: numbers } },
    {
      kind: 'terms',
      buckets: keys(13_000).map((key) => bucketOf(String(key).padStart(20, '0'))),
      cutCountMax: 0,
      cutCountSum: 0,
    },
    10,
    52_000,
  ],
];
for (const [name, aggs, part, count, looked] of rows) {
  test(`finishAnswer: ${name} are put together in slices, and others have a turn between`, async () => {
    const request = parseSearchBody({ size: 0, aggs }, schema, { timeoutMsMax: 1e6 });
    const { aggregations } = request;
    const parts: AggregationPartials[] = [{ x: part }, { x: part }];
    const thread = makeThread();
    const mergeReserve = new MergeReserve();
    const mergeWork = mergeWorkOf(index, request);
    const { answer, results } = await finishAnswer(
      { ...thread, kinds: rootKinds, mergeReserve },
      { index, request, aggregations, answer: answerOf(parts, mergeWork) },
      { arrivedAt: 0, timeoutMs: 1e6, signal, trace: null },
    );
    const { buckets } = results['x'] as { buckets: unknown[] };
    assert.equal(buckets.length, count);
    const options = { isComplete: true, isWhole: () => true, bigInts: 'string' } as const;
    const atOnce = finishAggregations(aggregations, mergeAggregations(aggregations, parts), options);
    assert.ok(JSON.stringify(results) === JSON.stringify(atOnce), 'the same as at once');
    // A step is a tenth of a millisecond on this clock, and a slice has ten.
    const steps = looked / bucketsPerStep;
    assert.ok(thread.turns() > steps / 12, `${thread.turns()} turns`);
    assert.ok(answer.tookMs > steps / 10, `${answer.tookMs} ms`);
    // Twice the time, which is more than a quarter of that of a search of a second.
    assert.equal(mergeReserve.reserveMs(1000, mergeWork, answer.tookMs), 250);
  });
}

test('finishAnswer: what is not put together in time is refused, and next time more is kept for it', async () => {
  const [, aggs] = rows[0]!;
  const part: AggregationPartial = { kind: 'histogram', buckets: keys(65_000).map(bucketOf) };
  const request = parseSearchBody({ size: 0, aggs }, schema, { timeoutMsMax: 1e6 });
  const mergeReserve = new MergeReserve();
  const mergeWork = mergeWorkOf(index, request);
  const thread = makeThread();
  const { clock: steps } = thread;
  const finishing = finishAnswer(
    { ...thread, kinds: rootKinds, mergeReserve },
    {
      index,
      request,
      aggregations: request.aggregations,
      answer: answerOf([{ x: part }], mergeWork),
    },
    { arrivedAt: 0, timeoutMs: 100, signal, trace: null },
  );
  await assert.rejects(finishing, { code: 'OVERLOADED' });
  assert.ok(thread.turns() <= 201, `${thread.turns()} turns`);
  assert.equal(mergeReserve.reserveMs(100, mergeWork, steps.now()), 25);
});

function answerOf(parts: readonly AggregationPartials[], mergeWork: SearchAnswer['mergeWork']): SearchAnswer {
  return {
    hits: [],
    bestScore: null,
    total: 4,
    totalRelation: 'eq',
    parts,
    coverage: {
      shards: { asked: 2, answered: 2, failed: 0 },
      documents: { asked: 4, answered: 4 },
      ratio: 1,
      failures: [],
      freshness: { behind: 0, oldestUnseenMs: 0, asOfMs: 0 },
    },
    missing: null,
    uncounted: 0,
    token: null,
    tookMs: 0,
    mergedMs: 0,
    mergeWork,
  };
}
