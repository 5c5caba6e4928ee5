/** The long form of the cuts: `npm run test:cuts -- [seconds,seconds,…]`. Every pair, every way. Exit code 1 on a fault. */
import { CutCluster } from './cuts/cluster.ts';
import { describeResult, fill, pairs, runCut, type Way } from './cuts/run.ts';

const ways: readonly Way[] = ['both', 'there', 'back'];
const seconds = (process.argv[2] ?? '3,10,30,60').split(',').map(Number);

const cluster = await CutCluster.start();
try {
  await fill(cluster);
  for (const cutS of seconds) {
    for (const pair of pairs) {
      for (const way of ways) {
        const result = await runCut(cluster, { pair, way, cutMs: cutS * 1000 });
        const isSlow = result.wholeAfterMs > 2000;
        console.log(`${describeResult(result)}${isSlow ? ', TOO LATE' : ''}`);
        if (result.faults.length > 0 || isSlow) process.exitCode = 1;
      }
    }
  }
} finally {
  await cluster.stop();
}
