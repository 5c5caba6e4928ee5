/** The long form of the kill test: `npm run test:kill -- [kills] [seed]`. Prints what it did; exit code 1 on a fault. */
import { startCluster } from '../cluster/start.ts';
import { killLoop } from './kill-loop.ts';

const kills = Number(process.argv[2] ?? 50);
const seed = Number(process.argv[3] ?? Date.now() % 1_000_000);
console.log(`seed ${seed}`);

const cluster = await startCluster({ leaves: 2 });
try {
  const result = await killLoop({ cluster, seed, kills, pauseMsMax: 2000, progress: (line) => console.log(line) });
  console.log(JSON.stringify(result, null, 2));
  if (result.faults.length > 0) process.exitCode = 1;
} finally {
  await cluster.stop();
}
