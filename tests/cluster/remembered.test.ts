/** A service that was scaled and is started again has the leaves it had, and everything in them. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { must } from '../service/client.ts';
import { startCluster, type Cluster } from './start.ts';

const script = join(import.meta.dirname, '../../sheaf.ts');
const documents = 500;

async function countAll(cluster: Cluster): Promise<[complete: boolean, count: number]> {
  const path = '/v1/indexes/books/search?size=0&track_total_hits=true&timeout=20s';
  const answer = await must<{ complete: boolean; hits: { total: { value: number } } }>('GET', `${cluster.url}${path}`);
  return [answer.complete, answer.hits.total.value];
}

const leavesOf = (cluster: Cluster): string[] => Object.keys(cluster.pids()).filter((name) => name.startsWith('leaf'));

test('up: started again it has as many leaves and roots as at last, and says what fewer mean', async (t) => {
  const data = mkdtempSync(join(tmpdir(), 'sheaf-test-'));
  t.after(() => rmSync(data, { recursive: true, force: true }));
  const start = async (leaves: number | null, args: string[] = []): Promise<Cluster> => {
    const cluster = await startCluster({ leaves, data, args });
    t.after(() => cluster.stop());
    return cluster;
  };

  const first = await start(2, ['--roots', '2']);
  await must('PUT', `${first.url}/v1/indexes/books`, { schema: { fields: { n: { kind: 'integer' } } } });
  const lines = Array.from({ length: documents }, (_, n) => `${JSON.stringify({ n })}\n`).join('');
  await must('POST', `${first.url}/v1/indexes/books/documents?refresh=wait`, lines);
  const scale = ['scale', '--data', data, '--leaves', '4'];
  await promisify(execFile)(process.execPath, [script, ...scale], { timeout: 60_000 });
  await first.stop();

  const second = await start(null);
  assert.match(second.output(), /4 leaves and 2 roots/);
  assert.deepEqual(leavesOf(second), ['leaf-0', 'leaf-1', 'leaf-2', 'leaf-3']);
  assert.deepEqual(await countAll(second), [true, documents]);
  await second.stop();

  const third = await start(2);
  assert.match(third.output(), /There were 4 leaves at last: leaf-2 to leaf-3 will not be started/);
  assert.deepEqual(leavesOf(third), ['leaf-0', 'leaf-1']);
  // What only the others had is filled from the log; the service stays meanwhile.
  for (let tries = 0; ; tries++) {
    const found = await countAll(third).catch(() => [false, 0] as const);
    if (found[0] && found[1] === documents) break;
    assert(tries < 300, `not filled after a minute: ${String(found)}`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  await third.stop();
  assert.equal(third.up.exitCode, 0, third.output());
});
