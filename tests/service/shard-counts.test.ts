/** The number of shards is nobody's business: the same documents give the same hits and scores on any. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createRandom } from '../../shared/random/random.ts';
import { startCluster, type Cluster } from '../cluster/start.ts';
import { randomChanges } from '../oracle/generate-documents.ts';
import { randomQuery } from '../oracle/generate-queries.ts';
import { schema } from '../oracle/generate-values.ts';
import { must } from './client.ts';

interface Found {
  readonly hits: {
    readonly total: { readonly value: number };
    readonly hits: readonly { readonly _id: string; readonly _score: number }[];
  };
}

const shardCounts = [1, 3, 16, 64];
const keys = 250;
const queriesPerRound = 30;

let cluster: Cluster;
before(async () => {
  cluster = await startCluster({ leaves: 2, args: ['--refresh-ms', '20'] });
  for (const shards of shardCounts) await must('PUT', `${cluster.url}/v1/indexes/of-${shards}`, { shards, schema });
});
after(() => cluster?.stop());

test('the same query over 1, 3, 16 and 64 shards: the same hits and scores, after updates, deletes and merges', async (t) => {
  const seed = 164;
  t.diagnostic(`seed ${seed}`);
  const random = createRandom(seed);
  let compared = 0;
  for (let round = 0; round < 4; round++) {
    const changes = randomChanges(random, { count: keys, keys, deletes: round === 0 ? 0 : 0.3 });
    const lines = changes.map((one) => JSON.stringify(one.kind === 'put' ? one.source : { _delete: one.key }));
    for (const shards of shardCounts) {
      const url = `${cluster.url}/v1/indexes/of-${shards}/documents?key=id&refresh=wait`;
      // In pieces that become segments of their own, so that segments merge.
      for (let start = 0; start < lines.length; start += 50) {
        await must('POST', url, lines.slice(start, start + 50).join('\n'));
      }
    }
    for (let i = 0; i < queriesPerRound; i++) {
      const query = randomQuery(random, 3);
      const where = `seed ${seed}, round ${round}: ${JSON.stringify(query)}`;
      const answers = await Promise.all(
        shardCounts.map((shards) =>
          must<Found>('POST', `${cluster.url}/v1/indexes/of-${shards}/search`, {
            query,
            size: 1000,
            _source: false,
            track_total_hits: true,
            timeout: '30s',
          }),
        ),
      );
      const [one, ...others] = answers.map(({ hits }) => hits);
      const scores = new Map(one!.hits.map(({ _id, _score }) => [_id, _score]));
      for (const other of others) {
        assert.equal(other.total.value, one!.total.value, where);
        assert.equal(other.hits.length, one!.hits.length, where);
        other.hits.forEach(({ _id, _score }, rank) => {
          const same = scores.get(_id);
          assert.ok(same !== undefined && Math.abs(_score - same) <= 1e-6 * Math.max(1, same), `${where}: ${_id}`);
          // Ties aside, the order is the same: the score at each rank is.
          assert.ok(Math.abs(_score - one!.hits[rank]!._score) <= 1e-6 * Math.max(1, _score), `${where}: rank ${rank}`);
        });
        compared += other.hits.length;
      }
    }
  }
  assert.ok(compared > 5000, String(compared));
});
