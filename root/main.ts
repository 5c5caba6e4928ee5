/** The root as a process: gives a root the world, and listens. Touches the world: all of it. */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import { systemClock } from '../shared/clock/clock.ts';
import { systemTimers } from '../shared/clock/timers.ts';
import type { RootConfig } from '../shared/config/read.ts';
import { readServiceAccount } from '../shared/discovery/kubernetes/service-account.ts';
import { startDiscovery, type DiscoveryWorld } from '../shared/discovery/start.ts';
import { findLog } from '../shared/log/connect.ts';
import { loadKafka } from '../shared/log/kafka/library.ts';
import { readSecretOf } from '../shared/secret/secret-file.ts';
import { storeAt } from '../shared/storage/store-at.ts';
import type { Tracing } from '../shared/telemetry/open-tracing.ts';
import { composeRoot, type RootParts } from './compose.ts';

export interface RunningRoot {
  readonly port: number;
  /** Says that it is not ready, goes on for `lingerMs`, then takes nothing new, answers what was asked, ends. */
  close(): Promise<void>;
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Starts a root and resolves when it listens.
 * @param environment of the process, where Kubernetes says how its API is reached
 * @throws SheafError STORAGE_NOT_CONFIGURED, SECRET_UNREADABLE, PORT_IN_USE, CONFIG_INVALID
 */
export async function startRoot(config: RootConfig, telemetry: Logger, environment: Environment): Promise<RunningRoot> {
  const root = await composeRoot(await processParts(config, telemetry, environment));
  try {
    const port = await root.server.listen(config);
    telemetry.info({ port }, 'the root listens');
    const close = async (): Promise<void> => {
      root.leave();
      await sleep(config.lingerMs);
      await root.close();
    };
    return { port, close };
  } catch (error) {
    await root.close();
    throw error;
  }
}

async function processParts(config: RootConfig, telemetry: Logger, environment: Environment): Promise<RootParts> {
  const { traceUrl } = config;
  const random = Math.random;
  const seed = (): number => Math.floor(random() * 2 ** 32);
  const secret = readSecretOf(config);
  const world: DiscoveryWorld = { random, serviceAccount: () => readServiceAccount(environment) };
  const connect = await findLog(
    {
      source: config.log,
      kafkaWriter: {
        replication: config.kafkaReplication,
        minInSync: config.kafkaMinInSync,
        indexTopicsMax: config.kafkaIndexesMax,
        idempotencyRetentionMs: config.idempotencyRetentionMs,
      },
      onFault: (reason) => telemetry.error({ reason }, 'the log cannot be located; its last place is kept'),
    },
    world,
  );
  return {
    config,
    telemetry,
    clock: systemClock,
    timers: systemTimers(systemClock),
    random,
    incarnation: randomUUID(),
    newId: randomUUID,
    timeOfDay: Date.now,
    every: (ms, action) => {
      const interval = setInterval(action, ms);
      return { stop: () => clearInterval(interval) };
    },
    secret,
    openLog: (events) => connect({ secret, producer: randomUUID(), ...events }),
    discover: (events) => startDiscovery(config.leaves, world, events),
    store: config.snapshots === undefined ? null : await storeAt(config.snapshots, environment, seed()),
    ...(config.restoreFrom === undefined
      ? {}
      : { restoreFrom: await storeAt(config.restoreFrom, environment, seed()) }),
    openCluster: async (brokers, onFault) => {
      const { KafkaCluster } = await import('./sources/kafka/kafka-cluster.ts');
      return new KafkaCluster(await loadKafka(), { brokers, now: () => systemClock.now(), onFault });
    },
    tracer: traceUrl === undefined ? null : await openRootTracing({ ...config, traceUrl }, telemetry),
    onFatal: (facts, message) => {
      telemetry.fatal(facts, message);
      process.exit(1);
    },
  };
}

type TracingConfig = Pick<RootConfig, 'host' | 'port' | 'traceShare'> & { readonly traceUrl: string };

/** Loaded only where spans are wanted. */
async function openRootTracing(config: TracingConfig, telemetry: Logger): Promise<Tracing> {
  const { host, port, traceUrl: url, traceShare: share } = config;
  const { openTracing } = await import('../shared/telemetry/open-tracing.ts');
  const { timeOrigin } = performance;
  return await openTracing({ url, service: 'sheaf-root', instance: `${host}:${port}`, share, timeOrigin, telemetry });
}
