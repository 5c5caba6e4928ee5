import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startCluster } from '../cluster/start.ts';
import { rollupKillLoop } from './rollup-kill-loop.ts';

test('kill -9: every increment is counted once (short form of npm run test:kill:rollup)', async (t) => {
  // Draws every kind of process among its six kills.
  const seed = 26;
  t.diagnostic(`seed ${seed}`);
  const cluster = await startCluster({ leaves: 2 });
  try {
    const progress = (line: string): void => t.diagnostic(line);
    const result = await rollupKillLoop({ cluster, seed, kills: 6, pauseMsMax: 1500, progress });
    t.diagnostic(JSON.stringify(result));
    assert.deepEqual(result.faults, []);
    assert.deepEqual(Object.keys(result.killed).sort(), ['leaf-0', 'leaf-1', 'log', 'root']);
    assert.ok(result.acknowledged > 30, `only ${result.acknowledged} requests were acknowledged`);
    assert.ok(result.repeated > 0, 'no request was ever sent again');
  } finally {
    await cluster.stop();
  }
});
