/**
 * Two roots and two leaves over three brokers of Kafka, three copies of which two have to be in sync: what is lost of them, one after the other, and all but
 * Kafka and object storage together.
 */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { freshLogName } from '../../shared/log/kafka/kafka.fixture.ts';
import { motoMissing } from '../storage/moto.ts';
import { allLost } from './all-lost.ts';
import { startKafkaCluster } from './cluster.ts';
import { mixedKillLoop } from './mixed-kill-loop.ts';
import { ownBrokers, skipWithoutOwnBrokers } from './own-brokers.ts';
import { pausedBroker } from './paused-broker.ts';

const skip = skipWithoutOwnBrokers(3);

test(
  'kill -9 over Kafka on three brokers: nothing acknowledged is lost, nothing doubled, increments are exact (short form of npm run test:kill -- --kafka)',
  { skip, timeout: 300_000 },
  async (t) => {
    // Draws every kind of process among its three kills.
    const seed = 4;
    t.diagnostic(`seed ${seed}`);
    const cluster = await startKafkaCluster({ brokers: ownBrokers, name: freshLogName() });
    t.after(() => cluster.stop());
    const progress = (line: string): void => t.diagnostic(line);
    const result = await mixedKillLoop({ cluster, seed, kills: 3, pauseMsMax: 1500, restartMsMax: 180_000, progress });
    t.diagnostic(JSON.stringify(result));
    assert.deepEqual(result.faults, []);
    const kinds = new Set(Object.keys(result.killed).map((name) => name.replace(/-.*/, '')));
    assert.deepEqual([...kinds].sort(), ['broker', 'leaf', 'root']);
  },
);

test(
  'Kafka: one broker of three stands still for 10 s, writes go on by the others, and no search notices',
  { skip, timeout: 300_000 },
  async (t) => {
    const name = freshLogName();
    const cluster = await startKafkaCluster({ brokers: ownBrokers, name });
    t.after(() => cluster.stop());
    const found = await pausedBroker({ cluster, brokers: ownBrokers, name, pauseMs: 10_000 });
    t.diagnostic(JSON.stringify(found));
    assert.deepEqual(found.searches.failed, []);
    assert.ok(found.searches.answered > 50, `only ${found.searches.answered} searches`);
    assert.deepEqual(found.missing, []);
  },
);

test(
  'Kafka: everything lost but Kafka and object storage: the same answers',
  { skip: skip || motoMissing, timeout: 300_000 },
  async (t) => {
    const folder = mkdtempSync(join(tmpdir(), 'sheaf-lost-'));
    t.after(() => rmSync(folder, { recursive: true, force: true }));
    const { before, after, kept } = await allLost({ brokers: ownBrokers, name: freshLogName(), folder });
    t.diagnostic(JSON.stringify(kept));
    assert.equal(after, before);
    assert.ok(
      kept.every(({ earliest }) => earliest > 0),
      'Kafka alone could have answered',
    );
  },
);
