/** `sheaf export` against a real cluster: the table holds exactly what was counted. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { DatabaseSync } from 'node:sqlite';
import { startCluster, type Cluster } from '../cluster/start.ts';
import { must, send } from './client.ts';

const script = fileURLToPath(new URL('../../sheaf.ts', import.meta.url));

let cluster: Cluster;
before(async () => {
  cluster = await startCluster({ leaves: 2 });
});
after(() => cluster?.stop());

/** Exit code and all that was printed. */
function sheaf(...args: readonly string[]): { readonly code: number | null; readonly text: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, ...args, '--url', cluster.url], {
    encoding: 'utf8',
  });
  return { code: status, text: stdout + stderr };
}

test('sheaf export: the rows of a roll-up in a table, exact beyond 2^53', async () => {
  const dimensions = { page: { kind: 'keyword' }, day: { kind: 'date', interval: 'day' }, ok: { kind: 'boolean' } };
  const metrics = { n: {}, cost: { keep: ['sum'] } };
  await must('PUT', `${cluster.url}/v1/indexes/sums`, { kind: 'rollup', shards: 3, schema: { dimensions, metrics } });
  const lines = [
    { page: 'a', day: '1970-01-02T05:00:00Z', ok: true, n: [3, -1], cost: Number.MAX_SAFE_INTEGER },
    { page: 'a', day: '1970-01-02T06:00:00Z', ok: true, n: 10, cost: Number.MAX_SAFE_INTEGER },
    { page: 'b\'"', ok: false, cost: 0 },
    {},
  ];
  await must(
    'POST',
    `${cluster.url}/v1/indexes/sums/documents?refresh=wait`,
    lines.map((l) => JSON.stringify(l)).join('\n'),
  );
  const file = join(cluster.data, 'sums.db');
  const { code, text } = sheaf('export', 'sums', '--sqlite', file);
  assert.equal(code, 0, text);
  assert.match(text, /shard 3 of 3: 3 rows/);

  const database = new DatabaseSync(file);
  const select = database.prepare('SELECT * FROM sums ORDER BY page');
  select.setReadBigInts(true);
  const rows = select.all().map((row) => Object.values(row).join(' '));
  // day ok page cost_sum n_sum n_count n_min n_max increments
  assert.deepEqual(rows, [
    '   0 0 0   1',
    `86400000 1 a ${2n * BigInt(Number.MAX_SAFE_INTEGER)} 12 3 -1 10 2`,
    ` 0 b'" 0 0 0   1`,
  ]);
  const offsets = database.prepare('SELECT shard, log_offset FROM sheaf_offsets ORDER BY shard').all();
  assert.deepEqual(
    offsets.map(({ shard }) => shard),
    [0, 1, 2],
  );
  database.close();
});

test('sheaf export: refuses what it would destroy or cannot write', async () => {
  await must('PUT', `${cluster.url}/v1/indexes/papers`, { schema: { fields: { id: { kind: 'keyword' } } } });
  const schema = { dimensions: { name: { kind: 'keyword' } }, metrics: { n: {} } };
  await must('PUT', `${cluster.url}/v1/indexes/huge`, { kind: 'rollup', shards: 1, schema });
  const most = Array.from({ length: 2000 }, () => ({ name: 'a', n: Number.MAX_SAFE_INTEGER }));
  const body = most.map((line) => JSON.stringify(line)).join('\n');
  await must('POST', `${cluster.url}/v1/indexes/huge/documents?refresh=wait`, body);
  for (const name of ['small', 'sheaf_offsets']) {
    await must('PUT', `${cluster.url}/v1/indexes/${name}`, { kind: 'rollup', shards: 1, schema });
  }
  const file = join(cluster.data, 'other.db');
  writeFileSync(file, 'precious');
  // Each row: what is asked, and what is said.
  const rows: [args: readonly string[], said: RegExp][] = [
    [['papers', '--sqlite', `${file}2`], /only the sums of a rollup/],
    [['nowhere', '--sqlite', `${file}2`], /INDEX_NOT_FOUND/],
    [['huge', '--sqlite', `${file}2`], /n_sum of \{"name":"a"\} is 18014398509481982000/],
    [['huge', '--sqlite', file], /exists; --force replaces it/],
    [['huge'], /--sqlite FILE/],
    [['small', '--sqlite', join(cluster.data, 'nowhere', 'x.db')], /^\S+x\.db cannot be written: [^\n]+\n$/],
    [['small', '--sqlite', cluster.data, '--force'], / cannot be written: EISDIR[^\n]+\n$/],
    [['sheaf_offsets', '--sqlite', `${file}2`], /^\S+2 cannot be written: [^\n]*sheaf_offsets[^\n]*\n$/],
  ];
  for (const [args, said] of rows) {
    const { code, text } = sheaf('export', ...args);
    assert.equal(code, 1, text);
    assert.match(text, said);
  }
  const { status, body: refused } = await send<{ error: { at: string } }>(
    'GET',
    `${cluster.url}/v1/indexes/huge/rows?shard=1`,
  );
  assert.deepEqual([status, refused.error.at], [400, 'shard']);
});
