/**
 * The long form of the test of conditions: `npm run test:conditions -- [kills] [seed]`. 16 clients count to 10,000 and on until all the kills
 * have fallen into that, 64 create each of 1,000 keys, 8 patch one document. Prints what it did; exit code 1 on a fault.
 */
import { startCluster } from '../cluster/start.ts';
import { conditionsLoop } from './conditions-loop.ts';

const numbers = process.argv.slice(2);
const kills = Number(numbers[0] ?? 10);
const seed = Number(numbers[1] ?? Date.now() % 1_000_000);
console.log(`seed ${seed}`);

const cluster = await startCluster({ leaves: 2, args: ['--roots', '2'] });
try {
  const result = await conditionsLoop({
    cluster,
    seed,
    kills,
    pauseMsMax: 20_000,
    increments: 10_000,
    creates: 1000,
    patches: 200,
    progress: (line) => console.log(line),
  });
  console.log(JSON.stringify(result, null, 2));
  if (result.faults.length > 0) process.exitCode = 1;
} finally {
  await cluster.stop();
}
