/** The short form: cuts of three seconds. `npm run test:cuts` has the long ones, and every pair, every way. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { CutCluster } from './cluster.ts';
import { describeResult, fill, runCut, type Cut } from './run.ts';
import { startBareTimer } from '../../deadline/deadline.ts';

/** The promise: whole within so long of the end of a cut. */
const wholeMsMax = 2000;

let cluster: CutCluster | null = null;
let obstacle = '';
before(async () => {
  try {
    cluster = await CutCluster.start();
  } catch (error) {
    obstacle = (error as Error).message;
    // Where namespaces can be made, a cluster that does not start is a fault; and the checks of every change need them.
    if (process.env['CI'] === 'true' || !/^(ip |spawnSync ip)/.test(obstacle)) throw error;
    return;
  }
  await fill(cluster);
});
after(() => cluster?.stop());

const cuts: readonly Cut[] = [
  { pair: ['root', 'leaf-0'], way: 'both', cutMs: 3000 },
  { pair: ['root', 'leaf-0'], way: 'back', cutMs: 3000 },
  { pair: ['root', 'log'], way: 'both', cutMs: 3000 },
  { pair: ['leaf-0', 'log'], way: 'there', cutMs: 3000 },
];

for (const cut of cuts) {
  test(`cut: ${cut.pair.join(' and ')}, ${cut.way}, ${cut.cutMs / 1000} s`, async (t) => {
    if (cluster === null) return t.skip(`NETWORKS CANNOT BE CUT HERE, NOTHING WAS PROVED: ${obstacle}`);
    const bare = await startBareTimer(t);
    const result = await runCut(cluster, cut);
    t.diagnostic(describeResult(result));
    assert.deepEqual(result.faults, []);
    assert(result.answers > 0);
    // What a busy machine adds to every timer is not Sheaf's.
    bare.hold('the latest answer beyond its deadline', result.lateMs, 100);
    bare.hold('whole after the cut', result.wholeAfterMs, wholeMsMax + 10 * result.bareLatenessMs);
  });
}
