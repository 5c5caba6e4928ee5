/** What results say of shards that did not answer. Each rule by itself; tests/missing holds them to whole answers. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AggregationPartial, AggregationRequest } from './definition.ts';
import type { Missing, MissingShard } from './missing-shards.ts';
import { finishAggregations } from './result.ts';
import type { TermsRequest } from './terms.ts';
import { byCount } from './terms-order.ts';
import { wholeAnswer } from './whole-answer.fixture.ts';

type Told = NonNullable<MissingShard['columns']>['fields'];

/** A shard of 50 documents of which `most` match. */
const shard = (most: number, fields: Told): MissingShard => ({ documents: 50, least: 0, most, columns: { fields } });
const missing: Missing = {
  shards: [shard(40, { f: [1, 0, 14], v: [2, -1, 3], k: [1] }), shard(7, { f: [1, 25, 39], v: [1, 5, 9] })],
  sample: { documents: 400, mostValues: () => 1 },
  reason: 'unknown',
};

function finish(request: AggregationRequest, partial: AggregationPartial, lacking: Missing | null = missing) {
  const options = { ...wholeAnswer, isComplete: lacking === null, missing: lacking, isWhole: () => true };
  return JSON.parse(JSON.stringify(finishAggregations({ x: request }, { x: partial }, options)['x'])) as Shown;
}

interface Bucket extends Readonly<Record<string, unknown>> {
  readonly key: unknown;
  readonly bounds: { readonly min: number; readonly max: number } | null;
}
type Shown = Readonly<Record<string, unknown>> & { readonly buckets: readonly Bucket[] };

const bucket = (key: string | number, count: number) => ({ key, count, aggregations: {} });
const boundsOf = ({ buckets }: Shown): string =>
  buckets.map(({ key, bounds }) => `${String(key)}:${bounds?.min}-${bounds?.max}`).join(' ');

const histogram: AggregationRequest = {
  kind: 'histogram',
  field: 'f',
  interval: 10,
  offset: 0,
  show: 'plain',
  minDocCount: 0,
  aggregations: {},
};
const terms: TermsRequest = {
  kind: 'terms',
  field: 'k',
  values: 'string',
  show: 'plain',
  size: 10,
  shardSize: 10,
  order: byCount,
  minDocCount: 1,
  aggregations: {},
};

test('bounds: a bucket of a histogram has no documents of shards whose values are elsewhere', () => {
  const partial = { kind: 'histogram', buckets: [bucket(0, 5), bucket(4, 2)] } as const;
  assert.equal(boundsOf(finish(histogram, partial)), '0:5-45 10:0-40 20:0-7 30:0-7 40:2-2');
});

test('bounds: a term has no documents of shards without values, nor a number beyond them', () => {
  const partial = { kind: 'terms', cutCountMax: 0, cutCountSum: 0, buckets: [bucket('a', 5)] } as const;
  const result = finish(terms, partial);
  assert.equal(boundsOf(result), 'a:5-45');
  assert.deepEqual([result['doc_count_error_upper_bound'], result['sum_other_doc_count']], [40, null]);
  const numbers = { ...partial, buckets: [bucket(14, 5), bucket(25, 4), bucket(40, 3)] };
  const ofNumbers = finish({ ...terms, field: 'f', values: 'number' }, numbers);
  assert.equal(boundsOf(ofNumbers), '14:5-45 25:4-11 40:3-3');
  assert.equal(ofNumbers['doc_count_error_upper_bound'], 47);
});

test('bounds: what leaves have cut may be missing too, and from what is nested', () => {
  const metric = { kind: 'metric', count: 4, sum: [8], min: 1, max: 3 } as const;
  const nested = {
    sum: { kind: 'sum', field: 'v', values: 'number' },
    count: { kind: 'value_count', field: 'v', values: 'number' },
  } as const;
  const found = { ...bucket('a', 5), aggregations: { sum: metric, count: metric } };
  const request = { ...terms, aggregations: nested };
  const ofCut = (cutCountMax: number) => {
    const buckets = [{ ...found, lacks: cutCountMax }];
    const partial = { kind: 'terms', cutCountMax, cutCountSum: cutCountMax, buckets } as const;
    const { bounds, sum, count } = finish(request, partial).buckets[0]! as Bucket &
      Record<'sum' | 'count', Readonly<Record<string, unknown>>>;
    return [bounds, sum['bounds'], sum['bounds_reason'], count['bounds']];
  };
  // The second shard has no terms, so nothing of it is in the bucket.
  assert.deepEqual(ofCut(0), [{ min: 5, max: 45 }, { min: 8 - 80, max: 8 + 240 }, undefined, { min: 4, max: 84 }]);
  assert.deepEqual(ofCut(3), [{ min: 5, max: 48 }, null, 'cut', { min: 4, max: null }]);
});

test('bounds: a number of distinct values, while they are counted one by one', () => {
  const request = { kind: 'cardinality', field: 'v', values: 'number', precisionThreshold: 100 } as const;
  const three = Buffer.from(new BigUint64Array([1n, 2n, 3n]).buffer).toString('base64');
  const kind = { estimate: null, estimate_reason: 'kind' };
  const exact = finish(request, { kind: 'cardinality', hashes: three });
  assert.deepEqual(exact, { value: 3, error: null, bounds: { min: 3, max: 3 + 80 + 7 }, ...kind });
});

test('bounds: nothing is said where nothing is missing, and no more than is known', () => {
  const partial: AggregationPartial = { kind: 'metric', count: 4, sum: [8], min: 1, max: 3 };
  const request: AggregationRequest = { kind: 'sum', field: 'v', values: 'number' };
  assert.deepEqual(finish(request, partial, null), { value: 8 });
  const unheard = { ...missing, shards: [{ documents: null, least: 0, most: Infinity, columns: null }] };
  const unknown = { bounds: null, bounds_reason: 'unknown', estimate: null, estimate_reason: 'kind' };
  assert.deepEqual(finish(request, partial, unheard), { value: 8, ...unknown });
  const none = { ...partial, count: 0, sum: [], min: null, max: null };
  const nowhere = finish({ kind: 'max', field: 'nowhere', values: 'number' }, none);
  assert.deepEqual([nowhere['bounds'], nowhere['bounds_reason']], [null, 'none']);
});
