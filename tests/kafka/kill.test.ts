/** Two roots and two leaves over one broker, all killed at random moments, the broker too: nothing is lost, nothing doubled. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { freshLogName } from '../../shared/log/kafka/kafka.fixture.ts';
import { killLoop } from '../scenarios/kill-loop.ts';
import { startKafkaCluster } from './cluster.ts';
import { ownBrokers, skipWithoutOwnBrokers } from './own-brokers.ts';

test(
  'kill -9 over Kafka: no acknowledged write is lost where the only broker goes away too',
  { skip: skipWithoutOwnBrokers(1), timeout: 300_000 },
  async (t) => {
    // Draws every kind of process among its four kills.
    const seed = 45;
    t.diagnostic(`seed ${seed}`);
    const cluster = await startKafkaCluster({ brokers: ownBrokers, name: freshLogName() });
    t.after(() => cluster.stop());
    const progress = (line: string): void => t.diagnostic(line);
    const result = await killLoop({ cluster, seed, kills: 4, pauseMsMax: 1500, restartMsMax: 180_000, progress });
    t.diagnostic(JSON.stringify(result));
    assert.deepEqual([result.faults, cluster.faults], [[], []]);
    const kinds = new Set(Object.keys(result.killed).map((name) => name.replace(/-.*/, '')));
    assert.deepEqual([...kinds].sort(), ['broker', 'leaf', 'root']);
    assert.ok(result.acknowledged > 100, `only ${result.acknowledged} were acknowledged`);
  },
);
