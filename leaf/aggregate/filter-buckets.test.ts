import assert from 'node:assert/strict';
import { test } from 'node:test';
import type {
  AggregationPartial,
  AggregationPartials,
  AggregationRequests,
} from '../../shared/aggregation/definition.ts';
import type { FiltersRequest } from '../../shared/aggregation/filters.ts';
import { valueOfSum } from '../../shared/aggregation/sum.ts';
import { SheafError } from '../../shared/errors.ts';
import { limits } from '../../shared/limits.ts';
import type { Query } from '../../shared/query/query.ts';
import { createRandom } from '../../shared/random/random.ts';
import { byCount } from '../../shared/aggregation/terms-order.ts';
import { SearchRun } from '../collect/search-run.ts';
import type { DocumentIterator } from '../evaluate/iterator.ts';
import { QueryCaches } from '../evaluate/query-caches.ts';
import { buildSegment } from '../segment/build.ts';
import { TaskFilters } from './task-filters.ts';
import { openSegment } from '../segment/open.ts';
import { fields } from '../segment/random-documents.fixture.ts';
import { liveSegment, makeSnapshot, withDeleted, type Snapshot } from '../snapshot/snapshot.ts';

const caches = new QueryCaches();

/** Shard 0, of one segment. */
function snapshotOf(documents: readonly object[], deleted: readonly number[] = []): Snapshot {
  const stored = documents.map((document, i) => {
    return { key: `k${i}`, offset: i, source: Buffer.from(JSON.stringify(document)) };
  });
  return makeSnapshot([withDeleted(liveSegment(openSegment(buildSegment(fields, stored))), deleted)], stored.length);
}

function makeRun(snapshot: Snapshot, aggregations: AggregationRequests, query: Query = { kind: 'all' }): SearchRun {
  return new SearchRun({ query, k: 0, sort: [], source: false, aggregations }, [{ shard: 0, snapshot }], caches);
}

function aggregate(snapshot: Snapshot, aggregations: AggregationRequests, query?: Query): AggregationPartials {
  const run = makeRun(snapshot, aggregations, query);
  while (!run.step(100));
  return run.result().aggregations;
}

const rankFrom = (low: number): Query => ({
  kind: 'numberRange',
  field: 'rank',
  low,
  lowInclusive: true,
  highInclusive: true,
});
const filtersOf = (filters: readonly Query[], aggregations: AggregationRequests = {}): FiltersRequest => {
  return { kind: 'filters', filters, hasOther: true, show: 'anonymous', keys: [], aggregations };
};
const terms = {
  kind: 'terms',
  field: 'rank',
  values: 'number',
  show: 'plain',
  size: 10,
  shardSize: 10_000,
  order: byCount,
  minDocCount: 1,
} as const;

function totalOf(partial: AggregationPartial): number {
  assert.ok(partial.kind === 'metric');
  return valueOfSum(partial.sum);
}

test('filters: a document counts in each that it matches, in each bucket of its values, once', () => {
  const snapshot = snapshotOf([{ rank: [1, 5] }, { rank: [5, 5] }, { rank: 1 }, {}]);
  const filters = filtersOf([rankFrom(5), { kind: 'all' }, { kind: 'none' }]);
  const counts = (some: AggregationPartials | undefined): unknown =>
    some?.['f']?.kind === 'filters' ? some['f'].buckets.map(({ count }) => count) : null;
  const { t } = aggregate(snapshot, { t: { ...terms, aggregations: { f: filters } } });
  assert.ok(t?.kind === 'terms');
  assert.deepEqual(
    t.buckets.map(({ key, count, aggregations }) => [key, count, counts(aggregations)]),
    [
      [1, 2, [1, 2, 0, 0]],
      [5, 2, [2, 2, 0, 0]],
    ],
  );
  assert.deepEqual(counts(aggregate(snapshot, { f: filtersOf([rankFrom(5)]) })), [2, 2]);
});

test('filters: nested in one another, with thousands of values a document', () => {
  const ranks = Array.from({ length: 1500 }, (_, i) => i);
  const snapshot = snapshotOf([{ rank: ranks }, { rank: 3 }]);
  const inner = filtersOf([rankFrom(4)], { s: { kind: 'sum', field: 'rank', values: 'number' } });
  const outer = filtersOf([rankFrom(3), { kind: 'all' }], { inner });
  const { t } = aggregate(snapshot, { t: { ...terms, size: 2000, aggregations: { outer } } });
  assert.ok(t?.kind === 'terms');
  const total = (1499 * 1500) / 2;
  for (const { key, aggregations } of t.buckets) {
    const { outer: filters } = aggregations;
    assert.ok(filters?.kind === 'filters');
    const nested = filters.buckets.map(({ count, aggregations: { inner: below } }) => {
      assert.ok(below?.kind === 'filters');
      return [count, ...below.buckets.map((each) => [each.count, totalOf(each.aggregations['s']!)])];
    });
    const count = key === 3 ? 2 : 1;
    const both = [count, [1, total], key === 3 ? [1, 3] : [0, 0]];
    assert.deepEqual(nested, [both, both, [0, [0, 0], [0, 0]]], `rank ${key}`);
  }
});

test('global: counts what the query leaves out, and nothing that is deleted; hits and totals stay those of the query', () => {
  const snapshot = snapshotOf([{ rank: 1 }, { rank: 2 }, { rank: 3 }, {}], [1]);
  const aggregations: AggregationRequests = {
    all: {
      kind: 'global',
      query: { kind: 'all' },
      aggregations: { none: { kind: 'missing', field: 'rank', aggregations: {} } },
    },
    own: { kind: 'global', query: rankFrom(2), aggregations: {} },
    some: { kind: 'filter', query: { kind: 'all' }, aggregations: {} },
  };
  const single = (count: number, nested: AggregationPartials = {}) =>
    ({ kind: 'single', count, aggregations: nested }) as const;
  for (const step of [1, 3, 1000]) {
    const run = makeRun(snapshot, aggregations, rankFrom(3));
    while (!run.step(step));
    const { total, aggregations: found } = run.result();
    assert.equal(total, 1);
    assert.deepEqual(found, { all: single(3, { none: single(1) }), own: single(1), some: single(1) });
  }
});

test('filters: their buckets are counted before there is memory for them', () => {
  const distinct = Array.from({ length: 2000 }, (_, rank) => ({ rank }));
  const filters = Array.from({ length: 600 }, () => rankFrom(0));
  assert.throws(
    () => aggregate(snapshotOf(distinct), { t: { ...terms, aggregations: { f: filtersOf(filters) } } }),
    (error) =>
      error instanceof SheafError &&
      error.code === 'AGGREGATION_TOO_MANY_BUCKETS' &&
      error.detail['limit'] === limits.bucketsCollectedMax,
  );
});

test('filters: what they send is bounded, and terms around them send fewer to fit', () => {
  const distinct = Array.from({ length: 2000 }, (_, rank) => ({ rank }));
  const filters = Array.from({ length: 99 }, () => rankFrom(0));
  const { t } = aggregate(snapshotOf(distinct), { t: { ...terms, aggregations: { f: filtersOf(filters) } } });
  assert.ok(t?.kind === 'terms');
  assert.ok(t.buckets.length >= 10 && t.buckets.length * 101 <= limits.bucketsMax, String(t.buckets.length));
  assert.equal(t.cutCountMax, 1);
});

test('filters: one is remembered from its second search on, and gives the same', () => {
  const snapshot = snapshotOf(
    Array.from({ length: 3000 }, (_, rank) => ({ rank })),
    [2999],
  );
  const search = (): AggregationPartials => aggregate(snapshot, { f: filtersOf([rankFrom(2990)]) });
  const first = search();
  assert.deepEqual(search(), first);
  const { remembered } = caches.filters.counts;
  assert.deepEqual(search(), first);
  assert.equal(caches.filters.counts.remembered, remembered + 1);
  assert.deepEqual(first['f'], {
    kind: 'filters',
    buckets: [
      { count: 9, aggregations: {} },
      { count: 2990, aggregations: {} },
    ],
  });
});

test('filter: terms within it are numbered as those at the top are, by what is kept of them', (t) => {
  const own = new QueryCaches();
  const prepared = t.mock.method(own.terms.merged, 'of');
  const documents = Array.from({ length: 20 }, (_, rank) => ({ rank, author: { name: `n${rank % 3}` } }));
  const { segments } = snapshotOf(documents);
  const snapshot = makeSnapshot([...segments, ...snapshotOf(documents.slice(0, 7)).segments], 20);
  const names = { ...terms, field: 'author.name', values: 'string', aggregations: {} } as const;
  const aggregations: AggregationRequests = {
    f: { kind: 'filter', query: { kind: 'all' }, aggregations: { names } },
  };
  const request = { query: rankFrom(0), k: 0, sort: [], source: false, aggregations } as const;
  const run = new SearchRun(request, [{ shard: 0, snapshot }], own);
  while (!run.step(100));
  assert.equal(prepared.mock.callCount(), 1);
});

/** Whether a document is what a clause below asks for. */
const clauses: [query: Query, matches: (document: Drawn) => boolean][] = [
  [rankFrom(5), ({ rank }) => rank.some((value) => value >= 5)],
  [rankFrom(9), ({ rank }) => rank.some((value) => value >= 9)],
  [{ kind: 'all' }, () => true],
  [{ kind: 'none' }, () => false],
  [{ kind: 'exists', field: 'rank' }, ({ rank }) => rank.length > 0],
  [{ kind: 'term', field: 'author.name', term: 'n1' }, ({ author }) => author.name === 'n1'],
  [
    {
      kind: 'bool',
      must: [],
      should: [],
      filter: [rankFrom(3)],
      mustNot: [{ kind: 'term', field: 'author.name', term: 'n0' }],
    },
    ({ rank, author }) => rank.some((value) => value >= 3) && author.name !== 'n0',
  ],
];

const valueCount = { kind: 'value_count', field: 'rank', values: 'number' } as const;

interface Drawn {
  readonly rank: readonly number[];
  readonly author: { readonly name: string };
}

test('filters: at the top documents are counted by words as they are one by one', () => {
  for (let seed = 53_200_000; seed < 53_200_040; seed++) {
    const random = createRandom(seed);
    const documents = Array.from({ length: random.pick([1, 31, 33, 500, 1500, 3000]) }, (): Drawn => {
      const rank = Array.from({ length: random.pick([0, 1, 1, 1, 3]) }, () => random.integer(0, 10));
      return { rank, author: { name: `n${random.integer(0, random.pick([1, 4, 40]))}` } };
    });
    const deleted = documents.map((_, i) => i).filter(() => random.chance(random.pick([0, 0.001, 0.5])));
    const snapshot = snapshotOf(documents, deleted);
    const [query, isFound] = random.pick(clauses);
    const asked = Array.from({ length: random.integer(1, 4) }, () => random.pick(clauses));
    const filters = filtersOf(asked.map(([clause]) => clause));
    const requests = { plain: filters, nested: { ...filters, aggregations: { c: valueCount } } };
    const found = aggregate(snapshot, requests, query);
    const gone = new Set(deleted);
    const left = documents.filter((document, i) => !gone.has(i) && isFound(document));
    const others = left.filter((document) => !asked.some(([, matches]) => matches(document))).length;
    const expected = [...asked.map(([, matches]) => left.filter(matches).length), others];
    for (const name of ['plain', 'nested']) {
      const partial = found[name];
      assert.ok(partial?.kind === 'filters');
      assert.deepEqual(
        partial.buckets.map((bucket) => bucket.count),
        expected,
        `${name}, seed ${seed}`,
      );
    }
  }
});

function canMark(iterator: DocumentIterator): iterator is Required<DocumentIterator> {
  return iterator.mark !== undefined;
}

// Each row: of so many documents one matches the query, and how the filter is asked about these.
const gaps: [gap: number, asked: 'mark' | 'advance'][] = [
  [2, 'mark'],
  [7, 'mark'],
  [9, 'advance'],
  [40, 'advance'],
];
for (const [gap, asked] of gaps) {
  test(`filters: where one of ${gap} documents matches, the filter is asked by ${asked}`, (t) => {
    const { mock } = t.mock.method(TaskFilters.prototype, 'iterate');
    const documents = Array.from({ length: 8000 }, (_, i) => ({ rank: i % gap === 0 ? 5 : 1 }));
    const aggregations: AggregationRequests = { f: { ...filtersOf([rankFrom(5)]), aggregations: { c: valueCount } } };
    const run = makeRun(snapshotOf(documents), aggregations, rankFrom(3));
    while (mock.callCount() === 0) run.step(1);
    const iterator = mock.calls[0]!.result!;
    assert.ok(canMark(iterator));
    const calls = { mark: t.mock.method(iterator, 'mark').mock, advance: t.mock.method(iterator, 'advance').mock };
    while (!run.step(4000));
    const { f } = run.result().aggregations;
    assert.ok(f?.kind === 'filters');
    assert.equal(f.buckets[0]!.count, Math.ceil(8000 / gap));
    // A few documents at an end of a batch may be marked all the same.
    assert.equal(calls.advance.callCount() > 150, asked === 'advance');
  });
}
