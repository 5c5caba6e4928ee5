import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startCluster } from '../tests/cluster/start.ts';
import { incrementor } from './incrementor.ts';

test('example incrementor: the sums are those of the sender, a root and a leaf killed on the way', async (t) => {
  const cluster = await startCluster({ leaves: 2 });
  try {
    const options = { increments: 20_000, names: 500, connections: 16, pairs: 5, seed: 1, kills: ['root', 'leaf-0'] };
    const result = await incrementor(cluster, options, (line) => t.diagnostic(line));
    t.diagnostic(JSON.stringify(result));
    assert.deepEqual(result.faults, []);
    assert.equal(result.requests, 4000);
    assert.ok(result.repeated > 0, 'the kill of the root was felt by nobody');
  } finally {
    await cluster.stop();
  }
});
