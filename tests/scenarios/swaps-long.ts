/**
 * The long form of the swaps: `npm run test:swaps -- [searches a second] [seconds] [seed]`. Prints what it did; exit code 1 on a fault,
 * and where the searches were not answered as fast as they were sent.
 */
import { startCluster } from '../cluster/start.ts';
import { swapsLoop } from './swaps-loop.ts';

const rate = Number(process.argv[2] ?? 500);
const seconds = Number(process.argv[3] ?? 60);
const seed = Number(process.argv[4] ?? Date.now() % 1_000_000);
/** Of the rate: gaps are drawn, so as many searches may take a little longer than they should on average. */
const keptShare = 0.95;
console.log(`seed ${seed}`);

const cluster = await startCluster({ leaves: 2, args: ['--roots', '2'] });
try {
  const result = await swapsLoop({ cluster, seed, rate, searches: rate * seconds, swapEveryMs: 50 });
  console.log(JSON.stringify(result, null, 2));
  if (result.faults.length > 0 || result.perSecond < keptShare * rate) process.exitCode = 1;
} finally {
  await cluster.stop();
}
