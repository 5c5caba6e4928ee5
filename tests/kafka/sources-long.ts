/**
 * The long form of the test of sources: `npm run test:sources -- [messages] [seed] --kills N [--log kafka|sqlite]`. Starts a broker and a cluster of
 * two roots and two leaves (over SQLite: one root), prints what it did; exit code 1 on a fault.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startCluster } from '../cluster/start.ts';
import { brokerObstacle, fetchJars, prepareBroker, startBroker, stopBroker } from './broker.ts';
import { startKafkaCluster } from './cluster.ts';
import { sourceLoop } from './source-loop.ts';

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { kills: { type: 'string', default: '10' }, log: { type: 'string', default: 'kafka' } },
});
const messages = Number(positionals[0] ?? 200_000);
const seed = Number(positionals[1] ?? Date.now() % 1_000_000);
console.log(`seed ${seed}, ${messages} messages, ${values.kills} kills, the log over ${values.log}`);

const obstacle = brokerObstacle();
if (obstacle !== null) throw new Error(obstacle);
const lib = fetchJars(join(import.meta.dirname, '../../node_modules/.cache/kafka'));
await using open = new AsyncDisposableStack();
// Whoever ends this ends the broker, which has no other parent.
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => void open.disposeAsync().finally(() => process.exit(1)));
}
const folder = mkdtempSync(join(tmpdir(), 'sheaf-kafka-'));
open.defer(() => rmSync(folder, { recursive: true, force: true }));
const place = await prepareBroker({ lib, folder });
open.defer(() => stopBroker(folder));
await startBroker(place);
const isSqlite = values.log === 'sqlite';
const cluster = isSqlite
  ? await startCluster({ leaves: 2, replicas: 2, args: ['--roots', '2'] })
  : await startKafkaCluster({ brokers: [place], name: 'sources' });
open.defer(() => cluster.stop());
const result = await sourceLoop({
  cluster,
  broker: `127.0.0.1:${place.port}`,
  topic: 'stream',
  messages,
  seed,
  kills: Number(values.kills),
  measures: true,
  progress: (line) => console.log(line),
});
console.log(JSON.stringify(result, null, 2));
if (result.faults.length > 0) process.exitCode = 1;
