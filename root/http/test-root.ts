/** A root without leaves over a log in memory, for tests of its HTTP. It has one index: books, of 2 shards. */
import { randomUUID } from 'node:crypto';
import { systemClock } from '../../shared/clock/clock.ts';
import { systemTimers } from '../../shared/clock/timers.ts';
import { MemoryLog } from '../../shared/log/memory.ts';
import type { Log } from '../../shared/log/log.ts';
import { parseIndexBody } from '../../shared/schema/parse.ts';
import { silentTelemetry } from '../../shared/telemetry/telemetry.ts';
import { defineIndex } from '../catalog/define-index.ts';
import { composeRoot, type RootParts } from '../compose.ts';

const fields = { id: { kind: 'keyword' }, n: { kind: 'integer' }, title: { kind: 'text' } };

/** The parts of a root that meets no leaf. */
export function testParts(log: Log): RootParts {
  return {
    config: {
      host: '127.0.0.1',
      port: 0,
      leaves: { kind: 'static', leaves: [] },
      log: { host: '127.0.0.1', port: 1 },
      idempotencyRetentionMs: 3_600_000,
      kafkaReplication: 0,
      kafkaMinInSync: 0,
      kafkaIndexesMax: 1000,
      timeoutMs: 100,
      timeoutMsMax: 60_000,
      lingerMs: 0,
      lagMaxMs: 10_000,
      logKeptEntries: 0,
      snapshotMs: 60_000,
      coverageMin: 1,
      skipShardsFrom: 16,
      hedging: 'on',
      spread: 'even',
      createIndexes: 'never',
      rolloverCheckMs: 10_000,
      bodyBytesMax: 100_000,
      bulkBytesMax: 10_000_000,
      traceShare: 1,
      replicas: 1,
    },
    telemetry: silentTelemetry,
    clock: systemClock,
    timers: systemTimers(systemClock),
    random: () => 0.5,
    incarnation: randomUUID(),
    newId: randomUUID,
    timeOfDay: Date.now,
    // Nobody is late who is never looked at: a busy machine refuses no request of a test.
    every: () => ({ stop: () => undefined }),
    openLog: ({ onStateChange }) => {
      onStateChange(true);
      return log;
    },
    discover: async ({ onPlaces }) => {
      onPlaces([]);
      return { close: () => undefined };
    },
    store: null,
    openCluster: async () => {
      throw new Error('no test of a root without leaves has a Kafka');
    },
    tracer: null,
    onFatal: (facts, message) => {
      throw new Error(message, { cause: facts });
    },
  };
}

/** @param others in place of the usual parts */
export async function startTestRoot(log: Log = new MemoryLog(() => 0), others: Partial<RootParts> = {}) {
  const root = await composeRoot({ ...testParts(log), ...others });
  const { catalog, metrics } = root.services;
  const { definition } = await defineIndex(catalog, 'books', parseIndexBody({ shards: 2, schema: { fields } }));
  return {
    app: root.server.app,
    server: root.server,
    log,
    catalog,
    metrics,
    index: definition,
    close: () => root.close(),
  };
}

export type TestRoot = Awaited<ReturnType<typeof startTestRoot>>;
