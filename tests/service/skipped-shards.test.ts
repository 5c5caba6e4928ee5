/** Shards that are skipped, in a real cluster: what was made searchable a moment ago is found by every root, without a token. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createRandom } from '../../shared/random/random.ts';
import { startCluster, type Cluster } from '../cluster/start.ts';
import { must } from './client.ts';

interface Found {
  readonly complete: boolean;
  readonly coverage: {
    readonly shards: { readonly asked: number; readonly answered: number; readonly skipped?: number };
  };
  readonly hits: { readonly total: { readonly value: number } };
  readonly aggregations?: Readonly<Record<string, { readonly doc_count: number }>>;
}

const indexes = 12;
const writes = 60;
const seed = 712;
let cluster: Cluster;
let roots: readonly string[];

before(async () => {
  cluster = await startCluster({ leaves: 2, replicas: 2, args: ['--roots', '2', '--skip-shards-from', '1'] });
  roots = [cluster.url, `http://127.0.0.1:${cluster.port + 2}`];
  for (let i = 0; i < indexes; i++) {
    await must('PUT', `${roots[0]}/v1/indexes/d${i}`, {
      shards: 1,
      replicas: 2,
      schema: { fields: { n: { kind: 'integer' }, at: { kind: 'date' } } },
    });
    await must('PUT', `${roots[0]}/v1/indexes/d${i}/documents/first?refresh=wait`, { n: i });
  }
});
after(() => cluster?.stop());

test('skipping: a document that is searchable is found at once through another root, whatever shards had before', async () => {
  const random = createRandom(seed);
  let skipped = 0;
  for (let i = 0; i < writes; i++) {
    const n = 1000 + i;
    const [from, to] = random.shuffle([...roots]) as [string, string];
    const index = `d${random.integer(0, indexes - 1)}`;
    await must('PUT', `${from}/v1/indexes/${index}/documents/k${i}?refresh=wait`, { n });
    const found = await must<Found>('POST', `${to}/v1/indexes/d*/search`, { query: { range: { n: { gte: n } } } });
    assert.equal(found.hits.total.value, 1, `seed ${seed}, write ${i}`);
    assert.equal(found.complete, true);
    skipped += found.coverage.shards.skipped ?? 0;
  }
  assert.ok(skipped > (writes * indexes) / 2, `only ${skipped} shards were skipped`);
});

test('skipping: a search of one index skips nothing, one of all indexes all that have nothing', async () => {
  const body = { query: { range: { n: { gte: 100_000 } } }, timeout: 1000, coverage: { min: 0 } };
  const alone = await must<Found>('POST', `${roots[0]}/v1/indexes/d0/search`, body);
  assert.deepEqual(alone.coverage.shards, { asked: 1, answered: 1, failed: 0 });
  const all = await must<Found>('POST', `${roots[0]}/v1/indexes/d*/search`, body);
  assert.deepEqual(all.coverage.shards, { asked: indexes, answered: 0, failed: 0, skipped: indexes });
  assert.equal(all.complete, true);
});

test('skipping: where documents count that do not match, nothing is skipped', async () => {
  const query = { range: { n: { gte: 100_000 } } };
  const search = (aggs: object) =>
    must<Found>('POST', `${roots[0]}/v1/indexes/d*/search`, { query, aggs, timeout: 1000, coverage: { min: 0 } });
  const none = await search({ few: { filter: { match_all: {} } }, without: { missing: { field: 'at' } } });
  assert.equal(none.coverage.shards.skipped, indexes);
  assert.deepEqual(none.aggregations, { few: { doc_count: 0 }, without: { doc_count: 0 } });
  const all = await search({ all: { global: {} } });
  assert.deepEqual(all.coverage.shards, { asked: indexes, answered: indexes, failed: 0 });
  assert.deepEqual([all.hits.total.value, all.aggregations], [0, { all: { doc_count: indexes + writes } }]);
});
