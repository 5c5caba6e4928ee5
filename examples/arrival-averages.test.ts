import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startCluster } from '../tests/cluster/start.ts';
import { arrivalAverages } from './arrival-averages.ts';

test('example arrival averages: no gap and no lost event while a root, a leaf and the log are killed', async (t) => {
  const cluster = await startCluster({ leaves: 2 });
  try {
    const options = { senders: 4, pauseMs: 1500, kills: ['root', 'leaf-0', 'log'] };
    const result = await arrivalAverages(cluster, options, (line) => t.diagnostic(line));
    t.diagnostic(JSON.stringify({ ...result, lines: result.lines.length }));
    assert.deepEqual(result.faults, []);
    assert.ok(result.events > 50 && result.queries > 5);
    assert.ok(result.lines.length >= 4, result.lines.join('\n'));
  } finally {
    await cluster.stop();
  }
});
