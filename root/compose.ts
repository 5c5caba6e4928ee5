/** A root, put together: the one place where its parts meet, for the process and for every test of a whole root. */
import type { Logger } from 'pino';
import type { Clock } from '../shared/clock/clock.ts';
import type { Timers } from '../shared/clock/timers.ts';
import type { RootConfig } from '../shared/config/read.ts';
import type { SheafError } from '../shared/errors.ts';
import type { Discovery, DiscoveryEvents } from '../shared/discovery/discovery.ts';
import type { Authenticate } from '../shared/http/authenticate.ts';
import type { Server } from '../shared/http/server.ts';
import { openLeases, type Leases } from '../shared/lease/leases.ts';
import type { LogClientOptions } from '../shared/log/client.ts';
import type { Log } from '../shared/log/log.ts';
import { openClaims } from '../shared/snapshots/claims.ts';
import { ProvedPlace } from '../shared/snapshots/proved-place.ts';
import type { ObjectStore } from '../shared/storage/object-store.ts';
import type { StopReport } from '../shared/protocol/reports.ts';
import type { Secret } from '../shared/secret/proof.ts';
import type { Tracing } from '../shared/telemetry/open-tracing.ts';
import { formatAddress } from '../shared/transport/address.ts';
import { CatalogCopy } from './catalog/catalog-copy.ts';
import { HeadBook } from './freshness/head-book.ts';
import { IndexesById } from './freshness/indexes-by-id.ts';
import { ReplicaLags } from './freshness/replica-lags.ts';
import { WriteGate } from './freshness/write-gate.ts';
import { createApp } from './http/app.ts';
import { observeCluster } from './http/cluster-metrics.ts';
import { createRootMetrics, type RootMetrics } from './http/metrics.ts';
import { createReadiness } from './http/readiness.ts';
import type { RootServices } from './http/services.ts';
import { findObstacle } from './ingest.ts';
import type { JobControl } from './jobs/control-jobs.ts';
import { JobBook } from './jobs/job-book.ts';
import { JobRunner } from './jobs/job-runner.ts';
import { rootKinds } from './kinds/root-kinds.ts';
import { Membership, type LeafStatus } from './membership/membership.ts';
import { composeReadPath } from './plan/compose-read-path.ts';
import { loopTickMs, LoopWatch } from './plan/loop-watch.ts';
import { IncrementLane } from './route/increment-lane.ts';
import { OrdinalGuard } from './route/ordinal-guard.ts';
import { WriteJobs } from './route/write-jobs.ts';
import type { OwnStorage } from './restore/restore-index.ts';
import { RolloverRunner } from './rollover/rollover-runner.ts';
import { steadyDay } from './rollover/steady-day.ts';
import { Defence } from './scatter/defence.ts';
import { SnapshotDesk } from './snapshots/snapshot-desk.ts';
import { CatalogKeeper } from './storage/catalog-keeper.ts';
import { DeletedPartitions } from './trim/deleted-partitions.ts';
import type { SourceControl } from './sources/control-sources.ts';
import { SourceBook } from './sources/source-book.ts';
import { SourceRunner, type OpenCluster } from './sources/source-runner.ts';
import { isAnyStored, readTrimGround } from './trim/trim-ground.ts';
import { TrimKeeper } from './trim/trim-keeper.ts';

/** What a root is made from: all that touches the world. Whoever wants another root passes other parts. */
export interface RootParts {
  readonly config: RootConfig;
  readonly telemetry: Logger;
  /** Of the cluster; undefined where it has none. */
  readonly secret?: Secret | undefined;
  readonly clock: Clock;
  readonly timers: Timers;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  /** Names this life of the process, and no other ever. */
  readonly incarnation: string;
  /** Never the same twice, in no process. */
  readonly newId: () => string;
  /** Milliseconds since 1970. */
  readonly timeOfDay: () => number;
  /** Calls back every so many milliseconds, until it is stopped. */
  readonly every: (ms: number, action: () => void) => { readonly stop: () => void };
  /** Told nothing of its identity before this has returned. */
  readonly openLog: (events: LogEvents) => Log;
  /** Follows the leaves that there should be. @throws SheafError CONFIG_INVALID */
  readonly discover: (events: DiscoveryEvents) => Promise<Discovery>;
  /** Where another cluster keeps its shards, or one that is lost; absent where nobody named it. */
  readonly restoreFrom?: ObjectStore;
  /** Where the catalog and kept snapshots are; null where they are nowhere. */
  readonly store: ObjectStore | null;
  /** Opens the Kafka of a source. */
  readonly openCluster: OpenCluster;
  /** Null where searches are not traced. */
  readonly tracer: Tracing | null;
  /** Told of what a root cannot go on after; a fresh one can. */
  readonly onFatal: (facts: Readonly<Record<string, unknown>>, message: string) => void;
  /** Who may speak to the root: everybody where it is left out. */
  readonly authenticate?: Authenticate;
}

/** What a root is told of its log. */
export type LogEvents = Required<Pick<LogClientOptions, 'onIdentity' | 'onStateChange' | 'onHeads' | 'onLost'>>;

export interface Root {
  /** Not listening yet. */
  readonly server: Server;
  readonly services: RootServices;
  /** Says from now on that it is not ready, and goes on. */
  leave(): void;
  /** Takes nothing new, answers what was asked, ends what it is made of: the log and the tracer, too. */
  close(): Promise<void>;
}

/** @throws SheafError CONFIG_INVALID where leaves cannot be discovered as the configuration says; nothing is left open */
export async function composeRoot(parts: RootParts): Promise<Root> {
  const { config, telemetry, clock, timers, random, tracer, secret, restoreFrom = null } = parts;
  await using open = new AsyncDisposableStack();
  open.defer(async () => await tracer?.close());
  let isLogConnected = false;
  let logConnection = 0;
  let logProblem: SheafError | null = null;
  let isLeaving = false;
  let lost: readonly string[] = [];
  const heads = new HeadBook();
  const log = parts.openLog({
    onIdentity: (identity) => {
      if (membership.setCluster(identity)) return;
      // The catalog it started from is that of another cluster; a fresh process begins with this log.
      parts.onFatal({ log: identity }, 'the leaves this root started from are of another log');
    },
    onStateChange: (connected, reason) => {
      const problem = reason?.code === 'SECRET_WRONG' ? reason : null;
      // Said once, not at each attempt.
      if (problem !== null && logProblem === null) telemetry.error({ error: problem.toBody() }, 'the log is not used');
      logProblem = problem;
      if (connected !== isLogConnected) telemetry.info({ connected }, 'connection to the log changed');
      isLogConnected = connected;
      logConnection++;
      heads.changeState(connected);
    },
    onHeads: (word) => heads.heard(word, clock.now()),
    onLost: (partitions) => (lost = partitions),
  });
  open.defer(() => log.close());
  const holder = `root ${formatAddress(config)} ${parts.incarnation}`;
  const leases = open.adopt(openLeases({ log, holder, clock, timers, telemetry }), (each) => each.close());
  const tellStop = (stop: StopReport | null): void => {
    if (stop === null) telemetry.info('the catalog is read on');
    else telemetry.error({ ...stop }, 'what is in the catalog cannot be read: it stands still before it');
  };
  const deleted = new DeletedPartitions();
  const catalog = open.adopt(
    new CatalogCopy(
      log,
      tellStop,
      () => logConnection,
      (index) => deleted.add(index),
    ),
    (copy) => copy.close(),
  );
  const metrics = createRootMetrics();
  const defence = new Defence({
    hedging: config.hedging === 'on',
    onHedges: metrics.onHedges,
    ...(config.zone === undefined ? {} : { zone: config.zone }),
  });
  const { book } = defence;
  const onCatalog: CatalogCopy['adopt'] = (state) => catalog.adopt(state);
  const indexes = new IndexesById(catalog);
  const lags = new ReplicaLags(heads, (id) => indexes.of(id));
  const membership = new Membership({ clock, random, book, telemetry, secret, lags, onCatalog });
  open.defer(() => membership.close());
  const discovery = await parts.discover({
    onPlaces: (places) => membership.setPlaces(places),
    onFault: (reason) => telemetry.error({ reason }, 'the leaves cannot be discovered; the last known are kept'),
  });
  open.defer(() => discovery.close());
  const writeJobs = new WriteJobs(log, (error) => {
    // Nothing can be written without the worker, and a fresh process has a fresh one.
    parts.onFatal({ err: error }, 'the parse worker crashed');
  });
  open.defer(() => writeJobs.close());
  const loop = new LoopWatch(clock.now());
  const ticking = parts.every(loopTickMs, () => loop.tick(clock.now()));
  open.defer(() => ticking.stop());
  const isReady = createReadiness({ clock, catalog, membership });
  const writeGate = new WriteGate({
    clock,
    directory: membership,
    lagMaxMs: config.lagMaxMs,
    onHeldBack: () => metrics.writesHeldBack.inc(),
  });
  const { timeOfDay } = parts;
  const readPath = composeReadPath({
    clock,
    timers,
    random,
    defence,
    leaves: membership,
    directory: membership,
    heads,
  });
  const jobBook = open.adopt(new JobBook(log, telemetry), (each) => each.close());
  const jobs: JobControl = { ...readPath, book: jobBook, log, catalog, kinds: rootKinds, timeOfDay };
  const runner = new JobRunner({ ...jobs, catalog, telemetry, writeJobs, writeGate, leases });
  open.defer(() => runner.close());
  const ground = { jobBook, catalog, membership, keptEntries: config.logKeptEntries };
  const trims = open.adopt(
    new TrimKeeper({
      log,
      clock,
      timers,
      telemetry,
      isStored: () => isAnyStored(ground),
      isConnected: () => isLogConnected,
      lost: () => lost,
      deleted,
      ground: () => readTrimGround(ground),
    }),
    (keeper) => keeper.close(),
  );
  const claims = openClaims({ log, holder });
  const ownStorage = parts.store === null ? null : { store: parts.store, place: new ProvedPlace(parts.store, claims) };
  const snapshots =
    ownStorage === null
      ? null
      : keepInStorage(open, parts, { ...ownStorage, log, leases, catalog, membership, metrics });
  const ordinals = new OrdinalGuard(log);
  const sourceBook = open.adopt(new SourceBook(log, telemetry), (each) => each.close());
  const sourceRunner = new SourceRunner({
    book: sourceBook,
    log,
    catalog,
    directory: membership,
    kinds: rootKinds,
    writeJobs,
    writeGate,
    ordinals,
    clock,
    timers,
    telemetry,
    timeOfDay,
    leases,
    incarnation: parts.incarnation,
    openCluster: parts.openCluster,
    onStep: (source, counts) => {
      for (const [outcome, count] of Object.entries(counts)) metrics.sourceMessages.inc({ source, outcome }, count);
    },
  });
  open.defer(() => sourceRunner.close());
  const sources: SourceControl = { book: sourceBook, catalog, leases, runner: sourceRunner };
  const userTime = steadyDay(timeOfDay, clock);
  const forRollovers = { catalog, membership, leases, clock, timers, telemetry, config, timeOfDay: userTime };
  const rollovers = open.adopt(new RolloverRunner(forRollovers), (each) => each.close());
  const services: RootServices = {
    kinds: rootKinds,
    ...readPath,
    jobs,
    sources,
    trims,
    rollovers,
    restoring: { catalog, own: ownStorage, other: restoreFrom, userTime, random },
    snapshots,
    userTime,
    config,
    telemetry,
    log,
    leases,
    catalog,
    membership,
    lags,
    writeGate,
    loop,
    writeJobs,
    incrementLane: new IncrementLane({
      log,
      catalogOffset: () => catalog.state.offset,
      obstacle: (index, partitions) =>
        findObstacle({ catalog, directory: membership }, index, partitions) ?? writeGate.obstacle(index, partitions),
    }),
    timeOfDay,
    ordinals,
    metrics,
    tracer,
    isReady: () => !isLeaving && isReady(),
    isLeaving: () => isLeaving,
    isLogConnected: () => isLogConnected,
    logProblem: () => logProblem,
  };
  observeCluster(metrics.registry, services);
  const server = await createApp(services, parts.authenticate);
  open.defer(() => server.close());
  const owned = open.move();
  return {
    server,
    services,
    leave: () => {
      isLeaving = true;
    },
    close: () => owned.disposeAsync(),
  };
}

interface StorageParts extends OwnStorage {
  readonly place: ProvedPlace;
  readonly log: Log;
  readonly leases: Leases;
  readonly catalog: CatalogCopy;
  readonly membership: Membership;
  readonly metrics: RootMetrics;
}

/** Keeps the catalog in object storage, and snapshots. */
function keepInStorage(
  open: AsyncDisposableStack,
  { config, clock, timers, telemetry, timeOfDay, newId }: RootParts,
  { store, place, log, leases, catalog, membership, metrics }: StorageParts,
): SnapshotDesk {
  const world = { store, place, catalog, clock, timers, telemetry };
  const onStored = (): void => metrics.catalogsStored.inc();
  const onFailed = (): void => metrics.catalogStoresFailed.inc();
  const onRemoved = (count: number): void => metrics.objectsRemoved.inc(count);
  const intervalMs = config.snapshotMs;
  const keeper = new CatalogKeeper({ ...world, leases, intervalMs, onStored, onFailed, onRemoved });
  open.defer(() => keeper.close());
  const leaves = (): LeafStatus[] => membership.statuses();
  return open.adopt(new SnapshotDesk({ ...world, log, leaves, timeOfDay, newId }), (desk) => desk.close());
}
