import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startCluster } from '../cluster/start.ts';
import { conditionsLoop } from './conditions-loop.ts';

test('conditions: sums are exact, one creates, no patch is lost, under kill -9 (short form of npm run test:conditions)', async (t) => {
  const seed = 11;
  t.diagnostic(`seed ${seed}`);
  const cluster = await startCluster({ leaves: 2, args: ['--roots', '2'] });
  try {
    const progress = (line: string): void => t.diagnostic(line);
    const options = { cluster, seed, kills: 3, pauseMsMax: 1500, increments: 200, creates: 10, patches: 10, progress };
    const result = await conditionsLoop(options);
    t.diagnostic(JSON.stringify(result));
    assert.deepEqual(result.faults, []);
    assert.ok(result.conflicts > 100, `only ${result.conflicts} conflicts`);
    assert.equal(result.killsInCounting, options.kills);
  } finally {
    await cluster.stop();
  }
});
