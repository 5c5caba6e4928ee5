import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startCluster } from '../cluster/start.ts';
import { killLoop } from './kill-loop.ts';

test('kill -9: no acknowledged write is lost, none is doubled (short form of npm run test:kill)', async (t) => {
  const seed = 41;
  t.diagnostic(`seed ${seed}`);
  const cluster = await startCluster({ leaves: 2 });
  try {
    const progress = (line: string): void => t.diagnostic(line);
    const result = await killLoop({ cluster, seed, kills: 6, pauseMsMax: 1500, progress });
    t.diagnostic(JSON.stringify(result));
    assert.deepEqual(result.faults, []);
    assert.ok(result.acknowledged > 100, `only ${result.acknowledged} writes were acknowledged`);
  } finally {
    await cluster.stop();
  }
});
