import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startCluster } from '../cluster/start.ts';
import { killLoop } from './kill-loop.ts';

test('kill -9: no acknowledged write is lost, none is doubled (short form of npm run test:kill)', async (t) => {
  // Draws every kind of process among its six kills.
  const seed = 26;
  t.diagnostic(`seed ${seed}`);
  const cluster = await startCluster({ leaves: 2 });
  try {
    const progress = (line: string): void => t.diagnostic(line);
    const result = await killLoop({ cluster, seed, kills: 6, pauseMsMax: 1500, progress });
    t.diagnostic(JSON.stringify(result));
    assert.deepEqual(result.faults, []);
    assert.deepEqual(Object.keys(result.killed).sort(), ['leaf-0', 'leaf-1', 'log', 'root']);
    assert.ok(result.acknowledged > 100, `only ${result.acknowledged} writes were acknowledged`);
  } finally {
    await cluster.stop();
  }
});
