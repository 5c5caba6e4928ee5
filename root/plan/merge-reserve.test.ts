import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AggregationRequests } from '../../shared/aggregation/definition.ts';
import { planDeadlines } from './deadline.ts';
import { MergeReserve, mergeWorkOf, type MergeWork } from './merge-reserve.ts';
import { byCount } from '../../shared/aggregation/terms-order.ts';

const same = (count: number, value: number): number[] => Array.from({ length: count }, () => value);

function workOf(size: number, aggregations: AggregationRequests = {}): MergeWork {
  return mergeWorkOf({ id: 'x', shards: 12 }, { query: { kind: 'all' }, from: 0, size, aggregations });
}

const light = workOf(10);
const buckets = workOf(0, {
  a: {
    kind: 'terms',
    field: 'u',
    values: 'string',
    show: 'plain',
    size: 10,
    shardSize: 65_536,
    order: byCount,
    minDocCount: 1,
    aggregations: {},
  },
});

// Each row: what merges of a search took, the timeout of the next such search, its reserve (within the 5 % of the buckets).
const rows: [name: string, work: MergeWork, merges: number[], timeoutMs: number, expected: number][] = [
  ['not known, few hits: 2 ms', light, [], 1000, 2],
  ['not known, many hits: by their number', workOf(1000), [], 1000, 24],
  ['not known, more hits than have time: 5 % of the timeout', workOf(10_000), [], 1000, 50],
  ['not known, buckets: 5 % of the timeout', buckets, [], 1000, 50],
  ['known: twice the slowest tenth', light, [...same(89, 1), ...same(11, 20)], 1000, 40],
  ['known: fast merges leave the time to the leaves', light, same(100, 0.2), 1000, 2],
  [
    'known: what is rare is the machine, and costs the leaves nothing',
    light,
    [...same(95, 0.2), ...same(5, 80)],
    200,
    2,
  ],
  ['known: hits take 5 % of the timeout at most', light, same(100, 80), 200, 10],
  ['known: buckets take a quarter at most', buckets, same(3, 800), 1000, 250],
  ['known: buckets take what they took', buckets, same(3, 80), 1000, 160],
];
for (const [name, work, merges, timeoutMs, expected] of rows) {
  test(`merge reserve: ${name}`, () => {
    const reserve = new MergeReserve();
    for (const merge of merges) reserve.record(work, merge, 0);
    const reserveMs = reserve.reserveMs(timeoutMs, work, 1);
    assert.ok(reserveMs >= expected && reserveMs <= expected * 1.05, `${reserveMs}`);
  });
}

test('merge reserve: heavy merges take no time of searches that ask for something else', () => {
  const reserve = new MergeReserve();
  for (const merge of same(100, 800)) reserve.record(buckets, merge, 0);
  const narrow = mergeWorkOf(
    { id: 'x', shards: 12 },
    { query: { kind: 'keywords', field: 'v', terms: ['v7'] }, from: 0, size: 0, aggregations: {} },
  );
  for (const work of [light, narrow, workOf(0)]) assert.equal(reserve.reserveMs(2000, work, 1), 2);
});

test('merge reserve: classes come and go, and what is kept is bounded', () => {
  const reserve = new MergeReserve();
  for (let i = 0; i < 1001; i++) reserve.record({ ...light, mergeClass: `${i}` }, 20, 0);
  assert.equal(reserve.reserveMs(1000, { ...light, mergeClass: '0' }, 1), 2);
  assert.ok(reserve.reserveMs(1000, { ...light, mergeClass: '1' }, 1) >= 40);
});

// Each row: the timeout, the reserve, how long leaves are waited for.
const deadlines: [timeoutMs: number, reserveMs: number, scatterMs: number][] = [
  [1000, 50, 950],
  [3, 2, 1.5],
];
for (const [timeoutMs, reserveMs, scatterMs] of deadlines) {
  test(`planDeadlines: ${reserveMs} of ${timeoutMs} ms kept back`, () => {
    const { answerBy, scatterBy } = planDeadlines(100, timeoutMs, reserveMs);
    assert.deepEqual([answerBy - 100, scatterBy - 100], [timeoutMs, scatterMs]);
  });
}
