/**
 * The long forms of the kill tests: `npm run test:kill -- [kills] [seed]` for documents, `npm run test:kill:rollup` for sums, and `npm run test:kill -- [kills]
 * [seed] --kafka` for writes of every kind over three brokers of Kafka, which are killed too. Prints what it did; exit code 1 on a fault.
 */
import { randomBytes } from 'node:crypto';
import { startCluster } from '../cluster/start.ts';
import { startKafkaCluster } from '../kafka/cluster.ts';
import { mixedKillLoop } from '../kafka/mixed-kill-loop.ts';
import { withBrokers } from '../kafka/with-brokers.ts';
import { killLoop } from './kill-loop.ts';
import { rollupKillLoop } from './rollup-kill-loop.ts';
import type { KilledResult } from './workload.ts';

const [form = 'documents', ...rest] = process.argv.slice(2);
const numbers = rest.filter((arg) => arg !== '--kafka');
const kills = Number(numbers[0] ?? 50);
const seed = Number(numbers[1] ?? Date.now() % 1_000_000);
const progress = (line: string): void => console.log(line);
const options = { seed, kills, pauseMsMax: 2000, progress };
console.log(`seed ${seed}`);

const result = await (rest.length > numbers.length ? overKafka() : overSqlite());
console.log(JSON.stringify(result, null, 2));
if (result.faults.length > 0) process.exitCode = 1;

async function overSqlite(): Promise<KilledResult> {
  const loop = form === 'rollup' ? rollupKillLoop : killLoop;
  const cluster = await startCluster({ leaves: 2 });
  try {
    return await loop({ ...options, cluster });
  } finally {
    await cluster.stop();
  }
}

async function overKafka(): Promise<KilledResult> {
  return await withBrokers(3, async (brokers) => {
    const cluster = await startKafkaCluster({ brokers, name: `kills-${randomBytes(4).toString('hex')}` });
    try {
      return await mixedKillLoop({ ...options, cluster, restartMsMax: 180_000 });
    } finally {
      await cluster.stop();
    }
  });
}
