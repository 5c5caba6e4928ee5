/** The leaf as a process: takes its data folder, connects to the log, listens. Touches the world: all of it. */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { systemClock } from '../shared/clock/clock.ts';
import { systemTimers } from '../shared/clock/timers.ts';
import type { LeafConfig } from '../shared/config/read.ts';
import type { Authenticate } from '../shared/http/authenticate.ts';
import { readServiceAccount } from '../shared/discovery/kubernetes/service-account.ts';
import { openPeerDoor } from '../shared/http/peer-door.ts';
import { openLeases } from '../shared/lease/leases.ts';
import { findLog, type ConnectOptions } from '../shared/log/connect.ts';
import type { Log } from '../shared/log/log.ts';
import type { Secret } from '../shared/secret/proof.ts';
import { readSecretOf } from '../shared/secret/secret-file.ts';
import { openClaims } from '../shared/snapshots/claims.ts';
import { storeAt } from '../shared/storage/store-at.ts';
import type { ObjectStore } from '../shared/storage/object-store.ts';
import type { Tracing } from '../shared/telemetry/open-tracing.ts';
import type { Telemetry } from '../shared/telemetry/telemetry.ts';
import { serveConnection } from './http/connections.ts';
import { leafHttp } from './http/server.ts';
import { leafKinds } from './kinds/leaf-kinds.ts';
import { Leaf } from './leaf.ts';
import { checkLog } from './replicas/check-log.ts';
import { nextIncarnation } from './replicas/incarnation.ts';
import { openDataFolder, type DataFolder } from './replicas/data-folder.ts';
import type { OpenStorage } from './storage/shard-storage.ts';

export interface RunningLeaf {
  readonly port: number;
  /** Hands over what the leaf has, for as long as the grace period lasts. Resolves when it may be closed. */
  drain(): Promise<void>;
  /** Ends tasks, writes everything to disk, ends every connection. */
  close(): Promise<void>;
}

/**
 * Starts a leaf and resolves when it listens; it is ready later, once it knows the members and its replicas have
 * caught up with the log.
 *
 * @throws SheafError STORAGE_NOT_CONFIGURED, SECRET_UNREADABLE, PORT_IN_USE, CONFIG_INVALID, DATA_NOT_WRITABLE, DATA_IN_USE, DATA_CORRUPT, and
 *   LOG_REPLACED when the log is there and is not the one that the data folder was filled from
 * @param environment of the process, where Kubernetes says how its API is reached
 */
export async function startLeaf(
  config: LeafConfig,
  telemetry: Telemetry,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<RunningLeaf> {
  const random = Math.random;
  const seed = (): number => Math.floor(random() * 2 ** 32);
  const serviceAccount = async () => await readServiceAccount(environment);
  const onFault = (reason: string): void =>
    telemetry.error({ reason }, 'the log cannot be located; its last place is kept');
  const open = await findLog({ source: config.log, kafkaWriter: null, onFault }, { random, serviceAccount });
  return await startLeafWith(config, telemetry, {
    ...(config.snapshots === undefined ? {} : { store: await storeAt(config.snapshots, environment, seed()) }),
    ...(config.restoreFrom === undefined
      ? {}
      : { restoreFrom: await storeAt(config.restoreFrom, environment, seed()) }),
    openLog: (data, onReplaced, secret) => connect(open, data, telemetry, onReplaced, secret),
  });
}

/**
 * Opens the log of a leaf whose data folder has been taken.
 * @param onReplaced told with true when another log is in the place of the leaf's, with false when that is back
 */
export type OpenLog = (data: DataFolder, onReplaced: (isReplaced: boolean) => void, secret: Secret | undefined) => Log;

/** What a process has, and a test may have otherwise. */
export interface LeafParts {
  readonly openLog: OpenLog;
  /** Where shards are kept beside the leaves. */
  readonly store?: ObjectStore;
  /** Where another cluster kept its own, or one that is lost. */
  readonly restoreFrom?: ObjectStore;
  /** Who else may not speak to the leaf: nobody is refused where it is left out. */
  readonly authenticate?: Authenticate;
}

/** The same of other parts. */
export async function startLeafWith(
  config: LeafConfig,
  telemetry: Telemetry,
  { openLog, store, restoreFrom, authenticate }: LeafParts,
): Promise<RunningLeaf> {
  const secret = readSecretOf(config);
  const data = await openDataFolder(config.data, config.name, telemetry);
  let isLogReplaced = false;
  const onReplaced = (isReplaced: boolean): void => {
    isLogReplaced = isReplaced;
  };
  const log = openLog(data, onReplaced, secret);
  await checkLog(data, log).catch(async (error: unknown) => {
    await log.close();
    await data.close();
    throw error;
  });
  const incarnation = nextIncarnation(data.incarnation, Math.random);
  // Before the first report: what was said under a number must not be said again under a lower one.
  await data.storeIncarnation(incarnation);
  const { name, traceUrl } = config;
  const tracer = traceUrl === undefined ? null : await openLeafTracing(name, traceUrl, telemetry);
  const holder = `leaf ${name} ${incarnation}`;
  const leases = openLeases({
    log,
    holder,
    clock: systemClock,
    timers: systemTimers(systemClock),
    telemetry,
  });
  const { snapshotMs: intervalMs, snapshotBytesPerSecond: bytesPerSecond } = config;
  const pace = { clock: systemClock, sleep, bytesPerSecond };
  const storage: OpenStorage | null =
    store === undefined
      ? null
      : { store, leases, claims: openClaims({ log, holder }), intervalMs, timeOfDay: Date.now, ...pace };
  const leaf = new Leaf({
    config,
    storage,
    restoring: { own: store ?? null, other: restoreFrom ?? null, ...pace },
    kinds: leafKinds,
    telemetry,
    clock: systemClock,
    secret,
    tracer,
    log,
    isLogReplaced: () => isLogReplaced,
    data,
    incarnation,
    random: Math.random,
  });
  const closeParts = async (): Promise<void> => {
    await leaf.close();
    leases.close();
    await Promise.all([log.close(), tracer?.close()]);
    await data.close();
  };
  const { registry } = leaf.metrics;
  const files = { holds: leaf.holds, cluster: () => data.log };
  const server = leafHttp({
    telemetry,
    door: config,
    registry,
    desk: leaf.desk,
    health: () => leaf.health,
    files,
    authenticate,
    peers: secret === undefined ? undefined : openPeerDoor({ secret, telemetry, registry }),
  });
  server.accept((connection) =>
    serveConnection(
      {
        desk: leaf.desk,
        reporter: leaf.reporter,
        onRoot: (root) => leaf.heard.met(root),
        onMembers: (root, members) => leaf.setMembers(root, members),
        onRootGone: (root) => leaf.rootGone(root),
      },
      connection,
    ),
  );
  const port = await server.listen(config).catch(async (error: unknown) => {
    await closeParts();
    throw error;
  });
  leaf.start();
  telemetry.info({ leaf: config.name, port, data: config.data }, 'the leaf listens');
  const close = async (): Promise<void> => {
    await closeParts();
    await server.close();
  };
  return { port, drain: () => leaf.drain(config.drainMs), close };
}

function connect(
  open: (options: ConnectOptions) => Log,
  data: DataFolder,
  telemetry: Telemetry,
  onReplaced: (isReplaced: boolean) => void,
  secret: Secret | undefined,
): Log {
  let toldWrong = false;
  return open({
    secret,
    producer: randomUUID(),
    identity: data.log ?? undefined,
    onIdentity: data.storeLog,
    onStateChange: (connected, reason) => {
      const isReplaced = reason?.code === 'LOG_REPLACED';
      if (connected || isReplaced) onReplaced(isReplaced);
      const isWrong = reason?.code === 'SECRET_WRONG';
      // Said once, not at each attempt.
      if (isWrong && toldWrong) return;
      toldWrong = isWrong;
      if (connected) telemetry.info('the log is connected');
      else if (isWrong) telemetry.error({ error: reason.toBody() }, 'the log is not of this cluster');
      else if (isReplaced) telemetry.error({ reason: reason.toLine() }, 'another log is in the place of the log');
      else telemetry.warn({ reason: reason?.toLine() }, 'the log is not connected');
    },
    onSubscriptionFailure: (partition, error) => telemetry.error({ partition, err: error }, 'the log cannot be read'),
  });
}

/** Loaded only where spans are wanted. What is recorded is for roots to say: no trace begins at a leaf. */
async function openLeafTracing(instance: string, url: string, telemetry: Telemetry): Promise<Tracing> {
  const { openTracing } = await import('../shared/telemetry/open-tracing.ts');
  const { timeOrigin } = performance;
  return await openTracing({ url, service: 'sheaf-leaf', instance, share: 0, timeOrigin, telemetry });
}
