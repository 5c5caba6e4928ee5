/**
 * The long forms of the kill tests: `npm run test:kill -- [kills] [seed]` for documents, `npm run test:kill:rollup` for sums.
 * Prints what it did; exit code 1 on a fault.
 */
import { startCluster } from '../cluster/start.ts';
import { killLoop } from './kill-loop.ts';
import { rollupKillLoop } from './rollup-kill-loop.ts';

const [form = 'documents', ...numbers] = process.argv.slice(2);
const loop = form === 'rollup' ? rollupKillLoop : killLoop;
const kills = Number(numbers[0] ?? 50);
const seed = Number(numbers[1] ?? Date.now() % 1_000_000);
console.log(`seed ${seed}`);

const cluster = await startCluster({ leaves: 2 });
try {
  const result = await loop({ cluster, seed, kills, pauseMsMax: 2000, progress: (line) => console.log(line) });
  console.log(JSON.stringify(result, null, 2));
  if (result.faults.length > 0) process.exitCode = 1;
} finally {
  await cluster.stop();
}
