import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startCluster } from '../cluster/start.ts';
import { jobsLoop } from './jobs-loop.ts';

test('jobs: each document once, under kill -9 and writes (short form of npm run test:jobs)', async (t) => {
  const seed = 12;
  t.diagnostic(`seed ${seed}`);
  const cluster = await startCluster({ leaves: 2, args: ['--roots', '2'] });
  try {
    const progress = (line: string): void => t.diagnostic(line);
    const options = { cluster, seed, kills: 4, pauseMsMax: 1500, documents: 4000, docsPerSecond: 250, progress };
    const result = await jobsLoop(options);
    t.diagnostic(JSON.stringify(result));
    assert.deepEqual(result.faults, []);
    assert.ok(result.counts['deleted']! > 1000, 'little was deleted');
    assert.ok(Object.keys(result.killed).length > 0, 'nothing was killed');
  } finally {
    await cluster.stop();
  }
});
