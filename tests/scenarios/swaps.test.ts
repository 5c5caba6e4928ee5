import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startCluster } from '../cluster/start.ts';
import { swapsLoop } from './swaps-loop.ts';

test('swaps: under searches in an open loop none fails, and none is of both (short form of npm run test:swaps)', async (t) => {
  const seed = 12;
  t.diagnostic(`seed ${seed}`);
  const cluster = await startCluster({ leaves: 2, args: ['--roots', '2'] });
  try {
    const result = await swapsLoop({ cluster, seed, rate: 200, searches: 1000, swapEveryMs: 20 });
    t.diagnostic(JSON.stringify(result));
    assert.deepEqual(result.faults, []);
    assert.ok(result.swaps >= 10, `only ${result.swaps} swaps`);
    assert.deepEqual(Object.keys(result.seen).sort(), ['blue', 'green']);
  } finally {
    await cluster.stop();
  }
});
