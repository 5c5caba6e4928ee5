/** Finding the best without looking at all gives what looking at all gives, bit by bit. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { scoringTerms } from '../../shared/query/query.ts';
import type { Query } from '../../shared/query/query.ts';
import { indexedFields } from '../../shared/schema/schema.ts';
import { countStatistics } from '../score/statistics.ts';
import { buildSegment } from '../segment/build.ts';
import { openSegment } from '../segment/open.ts';
import { Draw } from '../segment/random-documents.fixture.ts';
import { liveSegment, makeSnapshot, withDeleted } from '../snapshot/snapshot.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import { SearchRun } from './search-run.ts';
import type { SearchRequest, SearchResult } from './search-run.ts';
import { QueryCaches } from '../evaluate/query-caches.ts';

const caches = new QueryCaches();

const fields = indexedFields({
  dynamic: 'false',
  fields: { body: { kind: 'text' }, n: { kind: 'integer' }, tag: { kind: 'keyword' } },
});
const vocabulary = 60;

/** Texts of words that are rarer the higher their number, some of them repeated often. */
function randomText(draw: Draw): string {
  const words: string[] = [];
  for (let left = 1 + draw.below(draw.chance(0.1) ? 200 : 25); left > 0; left--) {
    const word = `w${Math.floor(vocabulary ** draw.random())}`;
    for (let times = draw.chance(0.05) ? draw.below(20) : 1; times > 0; times--) words.push(word);
  }
  return words.join(' ');
}

function randomSnapshot(draw: Draw, counts: readonly number[]): Snapshot {
  let offset = 0;
  const segments = counts.map((count) => {
    const documents = Array.from({ length: count }, (_, n) => {
      const source = Buffer.from(JSON.stringify({ body: randomText(draw), n, tag: `t${draw.below(3)}` }));
      return { key: `k${offset}`, offset: offset++, source };
    });
    const live = liveSegment(openSegment(buildSegment(fields, documents)));
    const deleted = documents.flatMap((_, docId) => (draw.chance(0.1) ? [docId] : []));
    return draw.chance(0.5) ? live : withDeleted(live, deleted);
  });
  return makeSnapshot(segments, offset - 1);
}

function term(draw: Draw): Query {
  const query: Query = { kind: 'term', field: 'body', term: `w${draw.below(vocabulary)}` };
  return draw.chance(0.8) ? query : { kind: 'boosted', query, boost: draw.pick([0, 1e-300, 0.3, 2, 3]) };
}

function randomQuery(draw: Draw): Query {
  const some = (least: number, most: number): Query[] =>
    Array.from({ length: least + draw.below(most - least + 1) }, () => term(draw));
  const empty = { must: [], should: [], filter: [], mustNot: [] };
  const filter: Query[] = draw.chance(0.5)
    ? []
    : [{ kind: 'numberRange', field: 'n', low: draw.below(3000), lowInclusive: true, highInclusive: true }];
  switch (draw.below(7)) {
    case 0:
      return term(draw);
    case 1: {
      const should = draw.chance(0.5) ? [] : some(1, 4);
      return { kind: 'bool', ...empty, must: some(1, 4), should, filter, mustNot: draw.chance(0.2) ? some(1, 1) : [] };
    }
    case 6: {
      const low = draw.below(3000);
      const range: Query = { kind: 'numberRange', field: 'n', low, lowInclusive: true, highInclusive: true };
      const keyword: Query = { kind: 'term', field: 'tag', term: `t${draw.below(4)}` };
      return draw.pick<Query>([
        { kind: 'all' },
        range,
        keyword,
        { kind: 'numbers', field: 'n', values: [low, low + 7, low + 1000] },
        { kind: 'constantScore', query: term(draw), score: draw.pick([0, 2]) },
        { kind: 'bool', ...empty, filter: [range, keyword] },
        { kind: 'bool', ...empty, filter: [keyword, term(draw)], mustNot: [range, term(draw)] },
      ]);
    }
    case 5:
      return { kind: 'bool', ...empty, must: some(1, 1), should: some(1, 3) };
    case 2: {
      const terms = Array.from({ length: 1 + draw.below(3) }, () => `w${draw.below(draw.pick([6, 20, vocabulary]))}`);
      const positions = draw.chance(0.2) ? { positions: terms.map((_, i) => 2 * i) } : {};
      return { kind: 'phrase', field: 'body', terms, ...positions, slop: draw.chance(0.2) ? 2 : 0 };
    }
    default:
      return {
        kind: 'bool',
        ...empty,
        should: draw.chance(0.1) ? some(17, 64) : some(1, 7),
        mustNot: draw.chance(0.2) ? some(1, 1) : [],
      };
  }
}

function run(snapshot: Snapshot, request: SearchRequest, stepDocuments: number): SearchResult {
  const search = new SearchRun(request, [{ shard: 0, snapshot }], caches);
  while (!search.step(stepDocuments));
  return search.result();
}

test('SearchRun: pruned searches give the hits of whole ones, and totals that hold', () => {
  let saved = 0;
  for (let seed = 1; seed <= 9; seed++) {
    const draw = new Draw(seed);
    // The last has lists of many blocks, for which floors are sought before anything is offered.
    const isLarge = seed === 9;
    const snapshot = randomSnapshot(draw, isLarge ? [40_000] : [3000, 700, 90]);
    for (let i = 0; i < 120; i++) {
      const query = randomQuery(draw);
      const whole: SearchRequest = {
        query,
        statistics: countStatistics(snapshot, scoringTerms(query)),
        k: draw.pick([1, 3, 10, 100]),
        sort: [{ by: 'score', descending: true }],
        source: false,
        // With something to add up every match is looked at.
        aggregations: { all: { kind: 'value_count', field: 'n', values: 'number' } },
      };
      const totalUpTo = draw.pick([0, 10, 200, Infinity]);
      const expected = run(snapshot, whole, 1_000_000);
      const pruned = run(
        snapshot,
        { ...whole, aggregations: {}, totalUpTo },
        draw.pick(isLarge ? [1000, 1_000_000] : [50, 1000, 1_000_000]),
      );
      const message = `seed ${seed}, query ${i}: ${JSON.stringify(query)}`;
      assert.deepEqual(pruned.hits, expected.hits, message);
      if (totalUpTo === Infinity) assert.equal(pruned.totalRelation, 'eq', message);
      const counted = run(snapshot, { ...whole, k: 0, aggregations: {} }, draw.pick([50, 1000, 1_000_000]));
      assert.equal(counted.total, expected.total, message);
      if (pruned.totalRelation === 'eq') assert.equal(pruned.total, expected.total, message);
      else {
        saved++;
        assert.ok(pruned.total <= expected.total, message);
        assert.ok(totalUpTo === 0 || pruned.total > totalUpTo, message);
      }
    }
  }
  assert.ok(saved > 300, `only ${saved} searches were pruned`);
});

test('SearchRun: documents are looked up in blocks that lie close together and far apart', () => {
  // Each: one of so many documents holds the other word; the first word is there in one of five, and as often beside.
  for (const every of [2, 30, 32, 33, 60]) {
    const count = 300 * every;
    const isFirst = (offset: number): boolean => offset % every < 2 && Math.floor(offset / every) % 5 === 2;
    const documents = Array.from({ length: count }, (_, offset) => {
      const words = [isFirst(offset) ? 'first' : '', offset % every === 0 ? 'other' : '', 'filler'];
      return { key: `k${offset}`, offset, source: Buffer.from(JSON.stringify({ body: words.join(' ') })) };
    });
    const snapshot = makeSnapshot([liveSegment(openSegment(buildSegment(fields, documents)))], count - 1);
    const must: Query[] = ['first', 'other'].map((word) => ({ kind: 'term', field: 'body', term: word }));
    const query: Query = { kind: 'bool', must, should: [], filter: [], mustNot: [] };
    const request: SearchRequest = {
      query,
      statistics: countStatistics(snapshot, scoringTerms(query)),
      k: 100,
      sort: [{ by: 'score', descending: true }],
      source: false,
      aggregations: {},
      totalUpTo: 0,
    };
    const found = run(snapshot, request, 1_000_000).hits.map(({ offset }) => offset);
    const expected = Array.from({ length: 300 }, (_, i) => i * every).filter(isFirst);
    assert.deepEqual(found, expected, `one of ${every}`);
  }
});
