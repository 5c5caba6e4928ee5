/** Pages of an answer, one after the other, give the whole answer. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PartialHit } from '../../shared/protocol/hit-table.ts';
import { scoringTerms } from '../../shared/query/query.ts';
import { addStatistics, noStatistics } from '../../shared/ranking/statistics.ts';
import { countStatistics } from '../score/statistics.ts';
import { buildSegment } from '../segment/build.ts';
import { openSegment } from '../segment/open.ts';
import { Draw, fields, randomDocuments } from '../segment/random-documents.fixture.ts';
import { liveSegment, makeSnapshot, withDeleted, type Snapshot } from '../snapshot/snapshot.ts';
import { randomQuery, randomSort } from './random-queries.fixture.ts';
import { SearchRun, type SearchRequest } from './search-run.ts';
import { QueryCaches } from '../evaluate/query-caches.ts';

const caches = new QueryCaches();

interface Shard {
  readonly shard: number;
  readonly snapshot: Snapshot;
}

function randomShards(draw: Draw): Shard[] {
  return [0, 1].map((shard) => {
    let offset = 0;
    const segments = [20, 15].map((count) => {
      const documents = randomDocuments(draw, count, { number: shard * 100 + offset, offset });
      offset = documents.at(-1)!.offset;
      const live = liveSegment(openSegment(buildSegment(fields, documents)));
      return draw.chance(0.5) ? withDeleted(live, [draw.below(count)]) : live;
    });
    return { shard, snapshot: makeSnapshot(segments, offset) };
  });
}

function search(request: SearchRequest, shards: Shard[]): { hits: PartialHit[]; total: number } {
  const run = new SearchRun(request, shards, caches);
  while (!run.step(50));
  return run.result();
}

test('SearchRun: pages after the last hit of the page before are the answer cut in pieces', (t) => {
  const seed = 4711;
  t.diagnostic(`seed ${seed}`);
  const draw = new Draw(seed);
  let pages = 0;
  for (let i = 0; i < 150; i++) {
    const shards = randomShards(draw);
    const query = randomQuery(draw);
    const counts = shards.map(({ snapshot }) => countStatistics(snapshot, scoringTerms(query)));
    const statistics = counts.reduce(addStatistics, noStatistics);
    const request = { query, statistics, sort: randomSort(draw), source: false, aggregations: {}, k: 1000 } as const;
    const whole = search(request, shards);
    const k = 1 + draw.below(7);
    const collected: PartialHit[] = [];
    for (let last: PartialHit | undefined; ;) {
      const after = last && { values: last.values, place: { shard: last.shard, offset: last.offset } };
      const page = search({ ...request, k, ...(after === undefined ? {} : { after }) }, shards);
      assert.equal(page.total, whole.total, 'the total is that of all pages');
      collected.push(...page.hits);
      last = page.hits.at(-1);
      pages++;
      if (page.hits.length < k) break;
    }
    assert.deepEqual(collected, whole.hits, `seed ${seed}, search ${i}: ${JSON.stringify({ ...request, k })}`);
  }
  assert.ok(pages > 500, String(pages));
});

test('SearchRun: without the place all hits with the values are passed over', () => {
  const documents = [3, 1, 2, 2].map((rank, offset) => ({
    key: `k${offset}`,
    offset,
    source: Buffer.from(JSON.stringify({ rank })),
  }));
  const snapshot = makeSnapshot([liveSegment(openSegment(buildSegment(fields, documents)))], 3);
  const sort = [{ by: 'field', field: 'rank', descending: false, values: 'number' }] as const;
  const request = { query: { kind: 'all' }, sort, source: false, aggregations: {}, k: 10 } as const;
  const keys = (values: number[]): string[] =>
    search({ ...request, after: { values } }, [{ shard: 0, snapshot }]).hits.map(({ key }) => key!);
  assert.deepEqual(
    [keys([1]), keys([2]), keys([1.5]), keys([3])],
    [['k2', 'k3', 'k0'], ['k0'], ['k2', 'k3', 'k0'], []],
  );
});
