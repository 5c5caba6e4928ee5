/** What a heavy search takes to merge is its own affair: light ones beside it keep their time. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startCluster, type Cluster } from '../cluster/start.ts';
import { must, send } from './client.ts';

const documents = 60_000;
const perBulk = 10_000;
const timeoutMs = 1000;
const light = { size: 0, query: { term: { group: 'g7' } }, timeout: timeoutMs };
const heavy = { size: 0, timeout: '50s', aggs: { each: { terms: { field: 'unique', size: 10, shard_size: 65_536 } } } };

let cluster: Cluster;
let index = '';
before(async () => {
  cluster = await startCluster({ leaves: 2 });
  index = `${cluster.url}/v1/indexes/mixed`;
  const fields = { unique: { kind: 'keyword' }, group: { kind: 'keyword' } };
  await must('PUT', index, { shards: 6, replicas: 1, schema: { fields } });
  for (let first = 0; first < documents; first += perBulk) {
    const lines = Array.from({ length: perBulk }, (_, i) => {
      return JSON.stringify({ unique: `value-${first + i}`, group: `g${(first + i) % 500}` });
    });
    await must('POST', `${index}/documents?refresh=wait`, `${lines.join('\n')}\n`);
  }
});
after(() => cluster?.stop());

/** Milliseconds after which the root gives up a light search that one leaf does not answer. */
async function givesUpAfter(): Promise<number> {
  cluster.signal('leaf-1', 'SIGSTOP');
  try {
    const sentAt = performance.now();
    const { status } = await send('POST', `${index}/search`, light);
    assert.equal(status, 503);
    return performance.now() - sentAt;
  } finally {
    cluster.signal('leaf-1', 'SIGCONT');
  }
}

// The root knows what merges take once it has seen some. Later than so, and not sooner, is what a busy machine may make it.
test('heavy beside light: a light search is not given up before 95 % of its time', async () => {
  for (let i = 0; i < 60; i++) await must('POST', `${index}/search`, { ...light, timeout: '30s' });
  assert.ok((await givesUpAfter()) >= timeoutMs * 0.95, 'before the heavy ones');
  for (let i = 0; i < 3; i++) await must('POST', `${index}/search`, heavy);
  const later = await givesUpAfter();
  assert.ok(later >= timeoutMs * 0.95, `after the heavy ones it was given up at ${later} ms of ${timeoutMs}`);
});
