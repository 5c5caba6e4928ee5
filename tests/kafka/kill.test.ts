/** Two roots and two leaves over Kafka, all killed at random moments, the broker too: nothing is lost, nothing doubled. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { freshLogName, skipWithoutKafka } from '../../shared/log/kafka/kafka.fixture.ts';
import { killLoop } from '../scenarios/kill-loop.ts';
import type { KillOptions } from '../scenarios/kill-processes.ts';
import { rollupKillLoop } from '../scenarios/rollup-kill-loop.ts';
import type { BrokerPlace } from './broker.ts';
import { startKafkaCluster } from './cluster.ts';

/** The broker of `npm run test:kafka`, which may be killed; another that tests were given may not. */
const place = process.env['SHEAF_TEST_KAFKA_PLACE'];
const skip =
  place === undefined && (skipWithoutKafka || 'the broker is none that a test may kill: npm run test:kafka starts one');

// Each row: what is written meanwhile, the seed, which draws every kind of process among four kills, and how much must have been acknowledged.
const rows: [
  what: string,
  seed: number,
  loop: (options: KillOptions) => Promise<{ acknowledged: number; killed: object; faults: readonly string[] }>,
  least: number,
][] = [
  ['no acknowledged write is lost', 45, killLoop, 100],
  ['every increment is counted once', 4, rollupKillLoop, 30],
];
for (const [what, seed, loop, least] of rows) {
  test(`kill -9 over Kafka: ${what}`, { skip, timeout: 300_000 }, async (t) => {
    t.diagnostic(`seed ${seed}`);
    const cluster = await startKafkaCluster(JSON.parse(place!) as BrokerPlace, freshLogName());
    t.after(() => cluster.stop());
    const progress = (line: string): void => t.diagnostic(line);
    const result = await loop({ cluster, seed, kills: 4, pauseMsMax: 1500, restartMsMax: 180_000, progress });
    t.diagnostic(JSON.stringify(result));
    assert.deepEqual([result.faults, cluster.faults], [[], []]);
    const kinds = new Set(Object.keys(result.killed).map((name) => name.replace(/-.*/, '')));
    assert.deepEqual([...kinds].sort(), ['broker', 'leaf', 'root']);
    assert.ok(result.acknowledged > least, `only ${result.acknowledged} were acknowledged`);
  });
}
