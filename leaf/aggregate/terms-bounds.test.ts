/** What answers say of terms is true, whatever was cut away on the way. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AggregationPartials, AggregationRequests } from '../../shared/aggregation/definition.ts';
import { mergeAggregations } from '../../shared/aggregation/merge.ts';
import { finishAggregations } from '../../shared/aggregation/result.ts';
import { byCount, type TermsOrder } from '../../shared/aggregation/terms-order.ts';
import type { TermsRequest } from '../../shared/aggregation/terms.ts';
import { wholeAnswer } from '../../shared/aggregation/whole-answer.fixture.ts';
import type { Segment } from '../segment/open.ts';
import { Draw } from '../segment/random-documents.fixture.ts';
import { aggregateAll, segmentOf } from './aggregate.fixture.ts';

interface Document {
  readonly author: { readonly name: string };
  readonly rank: number;
  readonly price: number;
}

/** The documents of each of some leaves. */
type Leaves = Document[][];

const leafCount = 6;
const perLeaf = 300;

function makeLeaves(draw: Draw, nameOf: (leaf: number, i: number) => string): Leaves {
  return Array.from({ length: leafCount }, (_leaf, leaf) =>
    Array.from({ length: perLeaf }, (_, i) => ({
      author: { name: nameOf(leaf, i) },
      rank: draw.below(1 + draw.below(40)),
      price: draw.below(1000),
    })),
  );
}

// Each row: how terms lie over the leaves.
const distributions: readonly [name: string, make: (draw: Draw) => Leaves][] = [
  ['random', (draw) => makeLeaves(draw, () => `n${draw.below(150)}`)],
  ['skewed', (draw) => makeLeaves(draw, () => `n${Math.floor(150 * draw.random() ** 4)}`)],
  [
    'skewed otherwise on each leaf',
    (draw) => makeLeaves(draw, (leaf) => `n${(Math.floor(150 * draw.random() ** 3) + 25 * leaf) % 150}`),
  ],
  [
    'a term second on every leaf, the first of which are no others',
    (draw) =>
      makeLeaves(draw, (leaf, i) => {
        if (i < 40) return `first of ${leaf}`;
        return i < 79 ? 'second' : `n${leaf} ${draw.below(100)}`;
      }),
  ],
  [
    'each leaf has terms of its own and a few of all',
    (draw) => makeLeaves(draw, (leaf) => (draw.chance(0.8) ? `own ${leaf} ${draw.below(60)}` : `n${draw.below(4)}`)),
  ],
];

const orders: readonly TermsOrder[] = [
  byCount,
  [{ by: 'count', descending: false }],
  [{ by: 'key', descending: false }],
  [{ by: 'key', descending: true }],
  [{ by: 'metric', path: ['m'], property: ['value'], descending: true }],
  [{ by: 'metric', path: ['s'], property: ['avg'], descending: false }, ...byCount],
  [...byCount, { by: 'metric', path: ['m'], property: ['value'], descending: true }],
];

const metrics: AggregationRequests = {
  m: { kind: 'max', field: 'price', values: 'number' },
  s: { kind: 'stats', field: 'price', values: 'number' },
};

const ofRank = {
  kind: 'terms',
  field: 'rank',
  values: 'number',
  show: 'plain',
  minDocCount: 1,
  showsError: true,
} as const;

function requestFor(draw: Draw, order: TermsOrder): TermsRequest {
  const size = draw.pick([3, 40, 80]);
  const within = 1 + draw.below(30);
  const inner: TermsRequest = {
    ...ofRank,
    size: within,
    shardSize: within + draw.below(10),
    order: draw.pick(orders.slice(0, 4)),
    aggregations: {},
  };
  return {
    ...ofRank,
    field: 'author.name',
    values: 'string',
    size,
    shardSize: size + draw.below(40),
    order,
    minDocCount: draw.pick([1, 1, 1, 3]),
    aggregations: { ...metrics, inner },
  };
}

interface Bucket {
  readonly key: string | number;
  readonly doc_count: number;
  readonly doc_count_error_upper_bound: number;
  readonly inner?: Result;
}
interface Result {
  readonly doc_count_error_upper_bound: number | null;
  readonly sum_other_doc_count: number | null;
  readonly buckets: readonly Bucket[];
}

function countBy(
  documents: readonly Document[],
  keyOf: (document: Document) => string | number,
): Map<string | number, number> {
  const counts = new Map<string | number, number>();
  for (const document of documents) counts.set(keyOf(document), (counts.get(keyOf(document)) ?? 0) + 1);
  return counts;
}

/** Merges parts two by two, in an order and grouping of its own each time. */
function mergeInTree(
  draw: Draw,
  requests: AggregationRequests,
  parts: readonly AggregationPartials[],
): AggregationPartials {
  const left = [...parts];
  while (left.length > 1) {
    const [one] = left.splice(draw.below(left.length), 1);
    const [other] = left.splice(draw.below(left.length), 1);
    left.push(mergeAggregations(requests, [one!, other!]));
  }
  return left[0]!;
}

const asJson = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

/** Returns how many counts were looked at. */
function holdCounts({ order }: TermsRequest, result: Result, truth: ReadonlyMap<string | number, number>): number {
  const bound = result.doc_count_error_upper_bound;
  for (const { key, doc_count: count, doc_count_error_upper_bound: error } of result.buckets) {
    const actual = truth.get(key) ?? 0;
    assert.ok(count <= actual && actual <= count + error, `${key}: ${actual} is not within ${count} and ${error} more`);
    assert.ok(bound === null || error <= bound, `${key} may lack ${error}, more than ${bound}`);
  }
  if (order[0]!.by === 'count' || order[0]!.by === 'key') assert.ok(bound !== null || !order[0]!.descending);
  return result.buckets.length;
}

test('terms: every count is within what the answer says, and what is told as exact is', (t) => {
  const seed = 88;
  t.diagnostic(`seed ${seed}`);
  const draw = new Draw(seed);
  let looked = 0;
  let exact = 0;
  let cut = 0;
  for (let run = 0; looked < 100_000; run++) {
    const [name, make] = distributions[run % distributions.length]!;
    const leaves = make(draw);
    const documents = leaves.flat();
    const segments = leaves.map((list) => segmentOf(list));
    const requests = Object.fromEntries(orders.map((order, i) => [`t${i}`, requestFor(draw, order)]));
    const parts = segments.map((segment) => aggregateAll([segment], requests));
    const merged = mergeAggregations(requests, parts);
    const inTree = mergeInTree(draw, requests, parts);
    assert.equal(JSON.stringify(inTree), JSON.stringify(merged), `${name}: another grouping says something else`);
    const results = asJson(finishAggregations(requests, merged, wholeAnswer)) as Record<string, Result>;
    const truth = countBy(documents, ({ author }) => author.name);
    const byName = Map.groupBy(documents, ({ author }) => author.name);
    const whole = segmentOf(documents);
    for (const [i, request] of Object.values(requests).entries()) {
      const result = results[`t${i}`]!;
      looked += holdCounts(request, result, truth);
      for (const { key, inner } of result.buckets) {
        const within = byName.get(String(key)) ?? [];
        const counts = countBy(within, ({ rank }) => rank);
        looked += holdCounts(request.aggregations['inner'] as TermsRequest, inner!, counts);
      }
      if (result.doc_count_error_upper_bound !== 0) cut++;
      else {
        exact++;
        const keys = listOf(request, whole);
        assert.deepEqual(
          result.buckets.map(({ key }) => key),
          keys,
          `${name}: a list told as exact is not`,
        );
      }
      const sent = new Set((merged[`t${i}`] as { buckets: readonly { key: string }[] }).buckets.map(({ key }) => key));
      // Where it is 0 the list was held to that of all documents.
      if (request.order === byCount && result.doc_count_error_upper_bound !== 0) {
        for (const [key, count] of truth) {
          assert.ok(sent.has(String(key)) || count <= result.doc_count_error_upper_bound!, `${name}: ${key} was lost`);
        }
      }
    }
  }
  assert.ok(exact > 50 && cut > 50, `${exact} lists were exact and ${cut} were not`);
});

/** The keys of the list, of all documents in one segment, where nothing is cut. */
function listOf(
  { aggregations: { inner: _inner, ...rest }, ...request }: TermsRequest,
  segment: Segment,
): (string | number)[] {
  const requests = { t: { ...request, aggregations: rest, shardSize: 100_000 } };
  const { t: result } = finishAggregations(requests, aggregateAll([segment], requests), wholeAnswer);
  return (asJson(result) as Result).buckets.map(({ key }) => key);
}
