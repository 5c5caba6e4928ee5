/** The root process: puts its parts together and listens. Touches the world. */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import { systemClock } from '../shared/clock/clock.ts';
import { systemTimers } from '../shared/clock/timers.ts';
import type { RootConfig } from '../shared/config/read.ts';
import { startDiscovery } from '../shared/discovery/start.ts';
import { connectLog } from '../shared/log/client.ts';
import type { Tracing } from '../shared/telemetry/open-tracing.ts';
import { listen } from '../shared/transport/listen.ts';
import { CatalogCopy } from './catalog/catalog-copy.ts';
import { createApp } from './http/app.ts';
import { createRootMetrics } from './http/metrics.ts';
import { createReadiness } from './http/readiness.ts';
import { rootKinds } from './kinds/root-kinds.ts';
import { Membership } from './membership/membership.ts';
import { Admissions } from './plan/admissions.ts';
import { loopTickMs, LoopWatch } from './plan/loop-watch.ts';
import { HoldHistory } from './plan/hold-history.ts';
import { MergeReserve } from './plan/merge-reserve.ts';
import { StatisticsCache } from './plan/statistics-cache.ts';
import { findObstacle } from './ingest.ts';
import { IncrementLane } from './route/increment-lane.ts';
import { OrdinalGuard } from './route/ordinal-guard.ts';
import { WriteJobs } from './route/write-jobs.ts';
import { Defence } from './scatter/defence.ts';

export interface RunningRoot {
  readonly port: number;
  /** Says that it is not ready, goes on for `lingerMs`, then takes nothing new, answers what was asked, ends. */
  close(): Promise<void>;
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Starts a root and resolves when it listens.
 * @param environment of the process, where Kubernetes says how its API is reached
 * @throws SheafError PORT_IN_USE, CONFIG_INVALID
 */
export async function startRoot(config: RootConfig, telemetry: Logger, environment: Environment): Promise<RunningRoot> {
  const clock = systemClock;
  const { traceUrl } = config;
  const tracer = traceUrl === undefined ? null : await openRootTracing({ ...config, traceUrl }, telemetry);
  const random = Math.random;
  let logConnected = false;
  const log = connectLog({
    address: config.log,
    random,
    producer: randomUUID(),
    onIdentity: (identity) => {
      if (membership.setCluster(identity)) return;
      // The catalog it started from is that of another cluster; a fresh process begins with this log.
      telemetry.fatal({ log: identity }, 'the leaves this root started from are of another log');
      process.exit(1);
    },
    onStateChange: (connected) => {
      if (connected !== logConnected) telemetry.info({ connected }, 'connection to the log changed');
      logConnected = connected;
    },
  });
  const catalog = new CatalogCopy(log);
  const metrics = createRootMetrics();
  const defence = new Defence({ hedging: config.hedging === 'on', onHedges: metrics.onHedges });
  const membership = new Membership({
    clock,
    random,
    book: defence.book,
    telemetry,
    onCatalog: (state) => catalog.adopt(state),
  });
  const discovery = await startDiscovery(
    config.leaves,
    { random, environment },
    {
      onPlaces: (places) => membership.setPlaces(places),
      onFault: (reason) => telemetry.error({ reason }, 'the leaves cannot be discovered; the last known are kept'),
    },
  );
  const writeJobs = new WriteJobs(log, (error) => {
    // Nothing can be written without the worker, and a fresh process has a fresh one.
    telemetry.fatal({ err: error }, 'the parse worker crashed');
    process.exit(1);
  });
  const isReady = createReadiness({ clock, catalog, membership });
  let leaving = false;
  const incrementLane = new IncrementLane({
    log,
    catalogOffset: () => catalog.state.offset,
    obstacle: (index) => findObstacle(catalog.state, index),
  });
  const loop = new LoopWatch(clock.now());
  const ticking = setInterval(() => loop.tick(clock.now()), loopTickMs);
  const app = await createApp({
    config,
    kinds: rootKinds,
    telemetry,
    clock,
    timers: systemTimers(clock),
    random,
    log,
    catalog,
    membership,
    directory: membership,
    leaves: membership,
    defence,
    mergeReserve: new MergeReserve(),
    statistics: new StatisticsCache(),
    holdHistory: new HoldHistory(),
    admissions: new Admissions(),
    loop,
    writeJobs,
    incrementLane,
    timeOfDay: Date.now,
    ordinals: new OrdinalGuard(log),
    metrics,
    tracer,
    isReady: () => !leaving && isReady(),
    isLeaving: () => leaving,
    isLogConnected: () => logConnected,
  });
  const end = async (): Promise<void> => {
    await app.close();
    clearInterval(ticking);
    catalog.close();
    discovery.close();
    membership.close();
    await Promise.all([log.close(), writeJobs.close(), tracer?.close()]);
  };
  const close = async (): Promise<void> => {
    leaving = true;
    await sleep(config.lingerMs);
    await end();
  };
  try {
    const port = await listen(app, config);
    telemetry.info({ port }, 'the root listens');
    return { port, close };
  } catch (error) {
    await end();
    throw error;
  }
}

type TracingConfig = Pick<RootConfig, 'host' | 'port' | 'traceShare'> & { readonly traceUrl: string };

/** Loaded only where spans are wanted. */
async function openRootTracing(config: TracingConfig, telemetry: Logger): Promise<Tracing> {
  const { host, port, traceUrl: url, traceShare: share } = config;
  const { openTracing } = await import('../shared/telemetry/open-tracing.ts');
  const { timeOrigin } = performance;
  return await openTracing({ url, service: 'sheaf-root', instance: `${host}:${port}`, share, timeOrigin, telemetry });
}
