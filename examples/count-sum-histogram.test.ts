import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startCluster } from '../tests/cluster/start.ts';
import { countSumHistogram } from './count-sum-histogram.ts';

test('example count, sum, histogram: as the same worked out in a loop', async (t) => {
  const cluster = await startCluster({ leaves: 2 });
  try {
    const { lines, faults } = await countSumHistogram(cluster, { texts: 3000 }, (line) => t.diagnostic(line));
    t.diagnostic(lines.join('\n'));
    assert.deepEqual(faults, []);
    assert.ok(lines.length > 20);
  } finally {
    await cluster.stop();
  }
});
