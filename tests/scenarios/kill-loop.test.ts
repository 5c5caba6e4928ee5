/** The short form of `npm run test:kill` and `npm run test:kill:rollup`, both at once under the same kills. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startCluster } from '../cluster/start.ts';
import { documentWrites } from './kill-loop.ts';
import { increments } from './rollup-kill-loop.ts';
import { underKills } from './workload.ts';

test('kill -9: no acknowledged write is lost, none is doubled, and every increment is counted once', async (t) => {
  // Draws every kind of process among its six kills.
  const seed = 26;
  t.diagnostic(`seed ${seed}`);
  const cluster = await startCluster({ leaves: 2 });
  t.after(() => cluster.stop());
  const progress = (line: string): void => t.diagnostic(line);
  const documents = await documentWrites(cluster.url, seed);
  const sums = await increments(cluster.url, seed);
  const result = await underKills({ cluster, seed, kills: 6, pauseMsMax: 1500, progress }, [documents, sums]);
  t.diagnostic(JSON.stringify(result));
  assert.deepEqual(result.faults, []);
  assert.deepEqual(Object.keys(result.killed).sort(), ['leaf-0', 'leaf-1', 'log', 'root']);
  const { acknowledged } = documents.counts;
  assert.ok(acknowledged > 100, `only ${acknowledged} writes were acknowledged`);
  assert.ok(sums.counts.acknowledged > 30, `only ${sums.counts.acknowledged} requests were acknowledged`);
  assert.ok(sums.counts.repeated > 0, 'no request was ever sent again');
});
