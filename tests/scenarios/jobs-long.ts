/**
 * The long form of the test of jobs: `npm run test:jobs -- [kills] [seed]`. Deletes half of 20,000 documents by query, held back so that the
 * kills fall into it. Prints what it did; exit code 1 on a fault.
 */
import { startCluster } from '../cluster/start.ts';
import { jobsLoop } from './jobs-loop.ts';

const numbers = process.argv.slice(2);
const kills = Number(numbers[0] ?? 20);
const seed = Number(numbers[1] ?? Date.now() % 1_000_000);
console.log(`seed ${seed}`);

const cluster = await startCluster({ leaves: 2, args: ['--roots', '2'] });
try {
  const documents = 20_000;
  // About as long as the kills take.
  const docsPerSecond = Math.max(20, Math.floor(documents / 2 / (kills * 2)));
  const progress = (line: string): void => console.log(line);
  const result = await jobsLoop({ cluster, seed, kills, pauseMsMax: 2000, documents, docsPerSecond, progress });
  console.log(JSON.stringify(result, null, 2));
  if (result.faults.length > 0) process.exitCode = 1;
} finally {
  await cluster.stop();
}
