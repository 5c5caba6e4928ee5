/** Passing over blocks of documents by their first sort key gives what sorting all matches gives. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { scoringTerms, type Query } from '../../shared/query/query.ts';
import type { After } from '../../shared/ranking/after.ts';
import { compareHits, countsGreatest, type HitPosition, type SortKey } from '../../shared/ranking/order.ts';
import { indexedFields } from '../../shared/schema/schema.ts';
import { QueryCaches } from '../evaluate/query-caches.ts';
import { countStatistics } from '../score/statistics.ts';
import { buildSegment } from '../segment/build.ts';
import { openSegment } from '../segment/open.ts';
import { Draw } from '../segment/random-documents.fixture.ts';
import { liveSegment, makeSnapshot, withDeleted, type Snapshot } from '../snapshot/snapshot.ts';
import { SearchRun, type SearchRequest } from './search-run.ts';

const firstSeed = 55_200_000;
const fields = indexedFields({
  dynamic: 'false',
  fields: { n: { kind: 'float' }, m: { kind: 'integer' }, tag: { kind: 'keyword' } },
});

interface Row {
  readonly shard: number;
  readonly offset: number;
  readonly n: readonly number[];
  readonly m: number;
  readonly tag: string;
}

interface Shards {
  readonly rows: readonly Row[];
  readonly shards: readonly { shard: number; snapshot: Snapshot }[];
}

/** Numbers that ascend, descend or do neither, as documents come; some have none, some several. */
function randomShards(draw: Draw): Shards {
  const slope = draw.pick([0, 0, 1, -1]);
  const spread = draw.pick([3, 200, 100_000]);
  const isSingle = draw.chance(0.5);
  const rows: Row[] = [];
  const shards = [3, 7].map((shard) => {
    let offset = 0;
    const segments = Array.from({ length: 1 + draw.below(3) }, () => {
      const own: Row[] = Array.from({ length: draw.pick([1, 600, 2500]) }, () => {
        const count = isSingle || draw.chance(0.7) ? 1 : draw.below(4);
        const n = Array.from({ length: count }, () => slope * offset + draw.below(spread) / 2);
        return { shard, offset: offset++, n, m: draw.below(4), tag: `t${draw.below(3)}` };
      });
      const documents = own.map((row) => {
        return { key: `k${row.offset}`, offset: row.offset, source: Buffer.from(JSON.stringify(row)) };
      });
      const live = liveSegment(openSegment(buildSegment(fields, documents)));
      const deleted = draw.chance(0.6) ? [] : own.flatMap((_, docId) => (draw.chance(0.1) ? [docId] : []));
      const gone = new Set(deleted);
      rows.push(...own.filter((_, docId) => !gone.has(docId)));
      return deleted.length === 0 ? live : withDeleted(live, deleted);
    });
    return { shard, snapshot: makeSnapshot(segments, offset - 1) };
  });
  return { rows, shards };
}

function randomSort(draw: Draw): SortKey[] {
  const one = (): SortKey => {
    const descending = draw.chance(0.5);
    if (draw.chance(0.1)) return { by: 'position', descending };
    const options = {
      ...(draw.chance(0.2) ? ({ missing: 'first' } as const) : {}),
      ...(draw.chance(0.5) ? { mode: draw.pick<'min' | 'max'>(['min', 'max']) } : {}),
    };
    return { by: 'field', field: draw.pick(['n', 'n', 'm']), descending, values: 'number', ...options };
  };
  return draw.chance(0.6) ? [one()] : [one(), one()];
}

interface Case {
  readonly query: Query;
  readonly matches: (row: Row) => boolean;
}

function randomCase(draw: Draw): Case {
  switch (draw.below(4)) {
    case 0:
      return { query: { kind: 'term', field: 'tag', term: 't1' }, matches: ({ tag }) => tag === 't1' };
    case 1: {
      const low = draw.below(100);
      const query: Query = { kind: 'numberRange', field: 'n', low, lowInclusive: true, highInclusive: true };
      return { query, matches: ({ n }) => n.some((own) => own >= low) };
    }
    default:
      return { query: { kind: 'all' }, matches: () => true };
  }
}

/** The slow reference implementation. */
function sortAll(rows: readonly Row[], sort: readonly SortKey[]): HitPosition[] {
  const valueOf = (row: Row, key: SortKey): number | null => {
    if (key.by !== 'field') return row.offset;
    const values = key.field === 'n' ? row.n : [row.m];
    return values.length === 0 ? null : countsGreatest(key) ? Math.max(...values) : Math.min(...values);
  };
  return rows
    .map((row) => ({ values: sort.map((key) => valueOf(row, key)), shard: row.shard, offset: row.offset }))
    .sort((a, b) => compareHits(sort, a, b));
}

function afterOf({ values, shard, offset }: HitPosition): After {
  return { values, place: { shard, offset } };
}

test(`SearchRun: hits by numbers are those of sorting all (seeds from ${firstSeed})`, () => {
  const caches = new QueryCaches();
  for (let seed = firstSeed; seed < firstSeed + 20; seed++) {
    const draw = new Draw(seed);
    const { rows, shards } = randomShards(draw);
    for (let i = 0; i < 15; i++) {
      const { query, matches } = randomCase(draw);
      const sort = randomSort(draw);
      const sorted = sortAll(rows.filter(matches), sort);
      const k = draw.pick([1, 1, 5, 40]);
      const from = draw.chance(0.2) && sorted.length > 0 ? draw.below(sorted.length) : -1;
      const totalUpTo = draw.pick([0, 100, 1000, Infinity]);
      const after = from < 0 ? {} : { after: afterOf(sorted[from]!) };
      const request: SearchRequest = { query, k, sort, source: false, aggregations: {}, totalUpTo, ...after };
      const search = new SearchRun(request, shards, caches);
      while (!search.step(draw.pick([10, 1000, 100_000])));
      const { hits, total, totalRelation } = search.result();
      const message = `seed ${seed}, search ${i}: ${JSON.stringify({ ...request, totalUpTo: String(totalUpTo) })}`;
      assert.deepEqual(
        hits.map(({ values, shard, offset }) => ({ values, shard, offset })),
        sorted.slice(from + 1, from + 1 + k),
        message,
      );
      if (totalUpTo === Infinity) assert.equal(totalRelation, 'eq', message);
      if (totalRelation === 'eq') assert.equal(total, sorted.length, message);
      else assert.ok(total <= sorted.length && (totalUpTo === 0 || total > totalUpTo), message);
    }
  }
});

const byN: SortKey = { by: 'field', field: 'n', descending: true, values: 'number' };
const range: Query = { kind: 'numberRange', field: 'n', low: 7, lowInclusive: true, highInclusive: true };

// Each row: a search that reads a column which nobody has read before.
const cold: [name: string, request: Pick<SearchRequest, 'query' | 'sort' | 'k'>][] = [
  ['sorted by numbers', { query: { kind: 'term', field: 'tag', term: 'odd' }, sort: [byN], k: 1 }],
  ['of a range', { query: range, sort: [], k: 0 }],
  ['of one number', { query: { kind: 'numbers', field: 'n', values: [7] }, sort: [], k: 0 }],
  ['of what has a number', { query: { kind: 'exists', field: 'n' }, sort: [], k: 0 }],
  ['of a script', { query: { kind: 'script', script: { source: "doc['n'].value == 7", params: {} } }, sort: [], k: 0 }],
];
for (const [name, request] of cold) {
  test(`SearchRun: a cold search ${name} unpacks its column in steps`, () => {
    const count = 50_000;
    const documents = Array.from({ length: count }, (_, i) => {
      const row = i === 7 ? { n: [], tag: 'even' } : { n: [i], tag: i === 9 ? 'odd' : 'even' };
      return { key: `k${i}`, offset: i, source: Buffer.from(JSON.stringify(row)) };
    });
    const snapshot = makeSnapshot([liveSegment(openSegment(buildSegment(fields, documents)))], count - 1);
    const shards = [{ shard: 0, snapshot }];
    const stepsOf = (): number => {
      const search = new SearchRun({ ...request, source: false, aggregations: {} }, shards, new QueryCaches());
      let steps = 1;
      while (!search.step(2048)) steps++;
      return steps;
    };
    const [first, second] = [stepsOf(), stepsOf()];
    // A step is two thousand documents, which is as much as unpacking four thousand numbers.
    assert.ok(first - second >= count / 4096 - 2, `${first} steps, then ${second}`);
  });
}

const byTag: SortKey = { by: 'field', field: 'tag', descending: false, values: 'string' };
const byScore: SortKey = { by: 'score', descending: true };
const byM: SortKey = { by: 'field', field: 'm', descending: false, values: 'number' };

// Each row: sort keys of which the first passes over no blocks, so that the search goes on as it was.
for (const sort of [
  [byTag, byScore, byM],
  [byScore, byTag],
  [{ ...byScore, descending: false }],
] satisfies SortKey[][]) {
  test(`SearchRun: scores are the same once matches are not counted any more: ${JSON.stringify(sort)}`, () => {
    const count = 400;
    const words = indexedFields({
      dynamic: 'false',
      fields: { title: { kind: 'text' }, tag: { kind: 'keyword' }, m: { kind: 'integer' } },
    });
    const documents = Array.from({ length: count }, (_, i) => {
      const row = { title: `cat ${'cat '.repeat(i % 7)}${'dog '.repeat(i % 5)}`, tag: `t${i % 3}`, m: i % 11 };
      return { key: `k${i}`, offset: i, source: Buffer.from(JSON.stringify(row)) };
    });
    const query: Query = { kind: 'term', field: 'title', term: 'cat' };
    const snapshot = makeSnapshot([liveSegment(openSegment(buildSegment(words, documents)))], count - 1);
    const statistics = countStatistics(snapshot, scoringTerms(query));
    const hitsOf = (counted: Pick<SearchRequest, 'totalUpTo'>): unknown => {
      const request = { query, sort, k: 12, source: false, aggregations: {}, statistics, ...counted } as const;
      const search = new SearchRun(request, [{ shard: 0, snapshot }], new QueryCaches());
      while (!search.step(64));
      return search.result().hits.map(({ values, score, offset }) => ({ values, score, offset }));
    };
    assert.deepEqual(hitsOf({ totalUpTo: 10 }), hitsOf({}));
  });
}
