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
    // Many states have a Washington County: each is a county of its own.
    const at = lines.indexOf('the counties with most towns');
    for (const line of lines.slice(at + 1, at + 6)) assert.match(line, /^ {2}\S[^,]*, [A-Z][^:]*: \d+ people$/);
    assert.ok(lines.length > 20);
  } finally {
    await cluster.stop();
  }
});
