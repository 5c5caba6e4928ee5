/** The examples, one after the other on one cluster, of which the last two kill processes. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startCluster, type Cluster } from '../tests/cluster/start.ts';
import { arrivalAverages } from './arrival-averages.ts';
import { countSumHistogram } from './count-sum-histogram.ts';
import { incrementor } from './incrementor.ts';

let cluster: Cluster;
before(async () => {
  cluster = await startCluster({ leaves: 2 });
});
after(() => cluster?.stop());

test('example count, sum, histogram: as the same worked out in a loop', async (t) => {
  const { lines, faults } = await countSumHistogram(cluster, { texts: 3000 }, (line) => t.diagnostic(line));
  t.diagnostic(lines.join('\n'));
  assert.deepEqual(faults, []);
  // Many states have a Washington County: each is a county of its own.
  const at = lines.indexOf('the counties with most towns');
  for (const line of lines.slice(at + 1, at + 6)) assert.match(line, /^ {2}\S[^,]*, [A-Z][^:]*: \d+ people$/);
  assert.ok(lines.length > 20);
});

test('example incrementor: the sums are those of the sender, a root and a leaf killed on the way', async (t) => {
  const options = { increments: 20_000, names: 500, connections: 16, pairs: 5, seed: 1, kills: ['root', 'leaf-0'] };
  const result = await incrementor(cluster, options, (line) => t.diagnostic(line));
  t.diagnostic(JSON.stringify(result));
  assert.deepEqual(result.faults, []);
  assert.equal(result.requests, 4000);
  assert.ok(result.repeated > 0, 'the kill of the root was felt by nobody');
});

test('example arrival averages: no gap and no lost event while a root, a leaf and the log are killed', async (t) => {
  const options = { senders: 4, pauseMs: 1500, kills: ['root', 'leaf-0', 'log'] };
  const result = await arrivalAverages(cluster, options, (line) => t.diagnostic(line));
  t.diagnostic(JSON.stringify({ ...result, lines: result.lines.length }));
  assert.deepEqual(result.faults, []);
  assert.ok(result.events > 50 && result.queries > 5);
  assert.ok(result.lines.length >= 4, result.lines.join('\n'));
});
