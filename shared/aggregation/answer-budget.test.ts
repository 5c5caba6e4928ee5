import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SheafError } from '../errors.ts';
import { limits } from '../limits.ts';
import { AnswerBudget } from './answer-budget.ts';
import type { AggregationKind, AggregationPartial, AggregationRequest } from './definition.ts';
import { eachKind } from './each-kind.fixture.ts';
import type { HistogramRequest } from './histogram.ts';
import { finishAggregations } from './result.ts';
import { wholeAnswer } from './whole-answer.fixture.ts';

const histogram: HistogramRequest = {
  kind: 'histogram',
  field: 'f',
  show: 'plain',
  interval: 1,
  offset: 0,
  minDocCount: 1,
  aggregations: {},
};

/** What is counted of an answer, and the length of its JSON. */
function measure(request: AggregationRequest, partial: AggregationPartial): [counted: number, length: number] {
  const budget = new AnswerBudget({ code: 'AGGREGATION_TOO_LARGE', bytesMax: Infinity });
  const results = finishAggregations({ x: request }, { x: partial }, { ...wholeAnswer, budget });
  return [budget.bytesTaken, JSON.stringify(results).length];
}

for (const kind of Object.keys(eachKind) as AggregationKind[]) {
  const { request, partial } = eachKind[kind];
  test(`bytes of an answer: ${kind}, alone and in a thousand buckets: what is counted is what there is, or a little more`, () => {
    const buckets = Array.from({ length: 1000 }, (_, key) => ({ key, count: 3, aggregations: { nested: partial } }));
    const measured = [
      measure(request, partial),
      measure({ ...histogram, aggregations: { nested: request } }, { kind: 'histogram', buckets }),
    ];
    for (const [counted, length] of measured) {
      assert.ok(counted > 0.7 * length && counted < 3 * length, `${counted} counted of ${length}`);
    }
  });
}

test('bytes of an answer: keys, texts and documents count', () => {
  const long = 'x'.repeat(10_000);
  const { request, partial } = eachKind.terms;
  const [counted, length] = measure(request, { ...partial, buckets: [{ ...partial.buckets[0]!, key: long }] });
  assert.ok(counted > 0.95 * length && counted < 1.2 * length, `${counted} counted of ${length}`);
  const { request: hits, partial: found } = eachKind.top_hits;
  const told = [0, 1, 2].map((offset) => ({ ...found.hits[0]!, offset, source: JSON.stringify({ long }) }));
  const [ofHits, lengthOfHits] = measure(hits, { ...found, hits: told });
  assert.ok(ofHits > 0.95 * lengthOfHits && ofHits < 1.2 * lengthOfHits, `${ofHits} counted of ${lengthOfHits}`);
});

test('bytes of an answer: metrics of empty buckets are refused before a bucket is made', () => {
  const metrics = Object.fromEntries(Array.from({ length: 98 }, (_, i) => [`m${i}`, eachKind.extended_stats.request]));
  const request: HistogramRequest = { ...histogram, minDocCount: 0, aggregations: metrics };
  let made = 0;
  const empty = Object.fromEntries(
    Object.keys(metrics).map((name) => [
      name,
      {
        ...eachKind.extended_stats.partial,
        get count() {
          made++;
          return 2;
        },
      },
    ]),
  );
  const buckets = [0, 14_999].map((key) => ({ key, count: 1, aggregations: empty }));
  assert.throws(
    () => finishAggregations({ 'a/b': request }, { 'a/b': { kind: 'histogram', buckets } }, wholeAnswer),
    (error) =>
      error instanceof SheafError &&
      error.code === 'AGGREGATION_TOO_LARGE' &&
      error.at === '/aggs/a~1b' &&
      error.detail['limit'] === limits.answerBytesMax &&
      Number(error.detail['actual']) > 15_000 * 98 * 400,
  );
  assert.equal(made, 0);
});

test('bytes of an answer: as many buckets as there may be have room for a few metrics', () => {
  const aggregations = { a: eachKind.extended_stats.request, b: eachKind.avg.request };
  const nested = { a: eachKind.extended_stats.partial, b: eachKind.avg.partial };
  const buckets = Array.from({ length: limits.bucketsMax }, (_, key) => ({ key, count: 1, aggregations: nested }));
  const results = finishAggregations(
    { x: { ...histogram, aggregations } },
    { x: { kind: 'histogram', buckets } },
    wholeAnswer,
  );
  assert.equal((results['x'] as { buckets: unknown[] }).buckets.length, limits.bucketsMax);
});
