import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRandom } from '../../shared/random/random.ts';
import { startReadsCluster } from './reads.ts';

test('reads never go back with the token of the last, and do without it', { timeout: 120_000 }, async (t) => {
  const seed = 1717;
  t.diagnostic(`seed ${seed}`);
  const cluster = await startReadsCluster();
  t.after(() => cluster.close());
  const random = createRandom(seed);
  const without = await cluster.read({ reads: 1000, givesToken: false, random });
  const given = await cluster.read({ reads: 1000, givesToken: true, random });
  t.diagnostic(JSON.stringify({ without, given }));
  assert.ok(without.wentBack > 0, 'the replicas do not lag, so nothing is shown');
  assert.equal(given.wentBack, 0);
  assert.ok(given.found > 10, 'nothing was written meanwhile');
});
