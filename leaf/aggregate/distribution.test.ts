import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Distribution } from '../../shared/aggregation/distribution.ts';
import { SearchRun } from '../collect/search-run.ts';
import { QueryCaches } from '../evaluate/query-caches.ts';
import { liveSegment, makeSnapshot } from '../snapshot/snapshot.ts';
import { segmentOf } from './aggregate.fixture.ts';

test('percentiles: what is told between shards, and told again, is counted once', () => {
  const request = { kind: 'percentiles', field: 'rank', show: 'plain', percents: [50], keyed: true } as const;
  const ranks = [0, 1, 2].map((shard) => Array.from({ length: 1500 }, (_, i) => (i * 7 + shard) % 400));
  const shards = ranks.map((of, shard) => {
    const segment = segmentOf(of.map((rank) => ({ rank })));
    return { shard, snapshot: makeSnapshot([liveSegment(segment)], of.length) };
  });
  const search = { query: { kind: 'all' }, k: 0, sort: [], source: false, aggregations: { p: request } } as const;
  const run = new SearchRun(search, shards, new QueryCaches());
  const expected = new Distribution();
  for (const [shard, of] of ranks.entries()) {
    const isOver = (): boolean => run.isBetweenShards && (run.nextShard ?? ranks.length) > shard;
    while (!isOver()) run.step(100);
    for (const rank of of) expected.add(rank);
    for (let time = 0; time < 2; time++) {
      assert.deepEqual(run.result().aggregations['p'], expected.partial(), `after shard ${shard}`);
    }
  }
});
