/** A leaf put together from its parts; `main.ts` starts it as a process. */
import type { Clock } from '../shared/clock/clock.ts';
import { systemTimers } from '../shared/clock/timers.ts';
import type { CatalogState } from '../shared/catalog/catalog.ts';
import type { LeafConfig } from '../shared/config/read.ts';
import { limits } from '../shared/limits.ts';
import { catalogPartition, type Log } from '../shared/log/log.ts';
import { partitionOf } from '../shared/index-kinds/partitions.ts';
import { replicaName } from '../shared/protocol/replicas.ts';
import type { ShardPlace } from '../shared/snapshots/shard-manifest.ts';
import type { Members, StopReport } from '../shared/protocol/reports.ts';
import type { Secret } from '../shared/secret/proof.ts';
import type { Telemetry } from '../shared/telemetry/telemetry.ts';
import { Copier } from './copying/copier.ts';
import { QueryCaches } from './evaluate/query-caches.ts';
import { Holds } from './copying/holds.ts';
import { sourcesOf } from './replicas/hand-over.ts';
import type { Tracer } from '../shared/telemetry/tracer.ts';
import type { LeafKinds } from './kinds/leaf-kind.ts';
import { leafMetrics, type LeafMetrics } from './http/metrics.ts';
import { Reporter, type Load } from './http/reporter.ts';
import type { Health } from './http/server.ts';
import { Indexer } from './indexing/indexer.ts';
import type { FromIndexing } from './indexing/messages.ts';
import { CatalogFollower } from './replicas/catalog-follower.ts';
import type { DataFolder } from './replicas/data-folder.ts';
import { hasHeirs, type LeafView } from './replicas/decide.ts';
import { departureOf, type Departure } from './replicas/departure.ts';
import { Hearsay } from './replicas/hearsay.ts';
import { nextIncarnation, outdatedBy } from './replicas/incarnation.ts';
import { isSameRing, ringOf, takeMembers, type KnownMembers } from './replicas/known-members.ts';
import { KeptPlacement } from './replicas/placement.ts';
import { ReplicaSet } from './replicas/replica-set.ts';
import { EmulatedWork } from './schedule/emulated-work.ts';
import { Scheduler } from './schedule/scheduler.ts';
import { BacklogNews } from './schedule/backlog-news.ts';
import { StallWatch, stallWatchDefaults } from './schedule/stall-watch.ts';
import { Pins } from './snapshot/pins.ts';
import type { StorableReplica } from './storage/due-shards.ts';
import type { RestoredShard } from './storage/fetch-restored.ts';
import { RestoredShards, restoreSource, type RestorePlaces } from './storage/restored-shards.ts';
import { keepShards, storageSource, type OpenStorage, type ShardStorage } from './storage/shard-storage.ts';
import { RecentSearches } from './tasks/recent-searches.ts';
import { RecentLatency } from './tasks/recent-latency.ts';
import { TaskDesk } from './tasks/task-desk.ts';
import { traceTask } from './tasks/task-spans.ts';

export interface LeafParts {
  readonly config: Pick<
    LeafConfig,
    'name' | 'zone' | 'refreshMs' | 'commitMs' | 'emulatedTaskMs' | 'pinKeepMs' | 'pinsMax'
  >;
  readonly kinds: LeafKinds;
  readonly telemetry: Telemetry;
  readonly clock: Clock;
  /** Of the cluster; undefined where it has none. */
  readonly secret: Secret | undefined;
  /** Null where tasks are not traced. */
  readonly tracer: Tracer | null;
  readonly log: Log;
  /** Whether what answers now is another log than that of the replicas. */
  readonly isLogReplaced: () => boolean;
  readonly data: DataFolder;
  /** Where shards are kept beside the leaves; null where they are not. */
  readonly storage: OpenStorage | null;
  /** Where the shards of restored indexes come from. */
  readonly restoring: RestorePlaces;
  /** Number of this life, see replicas/incarnation.ts; higher than that of every life before that is known of. */
  readonly incarnation: number;
  /** Uniform in [0, 1). */
  readonly random: () => number;
}

/** Copies that nobody reads on for so long are let go. */
const holdIdleMs = 60_000;
const departurePollMs = 20;
/** A root reaches a leaf that starts within this, as a rule: where none does, nobody is known to copy from. */
const peersHeardMs = 2000;

export class Leaf {
  readonly metrics: LeafMetrics = leafMetrics();
  readonly desk: TaskDesk;
  readonly reporter: Reporter;
  /** What roots have told of the other leaves. */
  readonly heard: Hearsay;
  /** What other leaves copy from this one. */
  readonly holds: Holds;
  private readonly parts: LeafParts;
  private readonly catalog: CatalogFollower;
  private readonly replicas: ReplicaSet;
  private readonly indexer: Indexer;
  private readonly storage: ShardStorage | null;
  private readonly restored: RestoredShards;
  private readonly scheduler: Scheduler;
  private readonly pins: Pins;
  private readonly held: Pins;
  private readonly caches = new QueryCaches();
  private readonly latency = new RecentLatency();
  private readonly stallWatch: StallWatch;
  private readonly backlogNews = new BacklogNews();
  private readonly ticking: NodeJS.Timeout;
  /** Done when a root has told who is there, or none has for a while. */
  private readonly peersHeard = Promise.withResolvers<void>();
  private readonly waitingForPeers = setTimeout(() => this.peersHeard.resolve(), peersHeardMs);
  private members: KnownMembers | null;
  /** Whether the copy of the catalog has been as new as the log since the start. */
  private catalogIsNew = false;
  private swept = false;
  private leaving = false;
  private closed = false;
  private readonly placed = new KeptPlacement();
  private incarnation: number;
  private lastTaskAt = 0;

  constructor(parts: LeafParts) {
    const { config, kinds, clock, log, isLogReplaced, data } = parts;
    this.parts = parts;
    this.incarnation = parts.incarnation;
    this.members = data.members;
    this.heard = new Hearsay(config.name);
    this.scheduler = this.makeScheduler();
    this.stallWatch = new StallWatch(clock.now());
    this.pins = new Pins({
      keepMs: config.pinKeepMs,
      countMax: config.pinsMax,
      bytesMax: limits.pinnedBytesMax,
      current: () => this.replicas.snapshots(),
    });
    this.held = new Pins({
      keepMs: limits.heldMs,
      countMax: limits.heldMax,
      bytesMax: limits.heldBytesMax,
      current: () => this.replicas.snapshots(),
    });
    this.ticking = setInterval(() => this.tick(), stallWatchDefaults.tickMs);
    this.catalog = new CatalogFollower({
      log,
      stored: data.catalog,
      onChange: (state) => this.catalogChanged(state),
      onStop: (stop) => {
        this.tellStop(catalogPartition, stop);
        this.reporter.changed();
      },
    });
    this.indexer = new Indexer(
      { folder: data.indexes, refreshMs: config.refreshMs, commitMs: config.commitMs },
      { onMessage: (message) => this.receive(message), onCrash: (error) => this.crash(error) },
    );
    this.holds = this.makeHolds();
    const copier = this.makeCopier();
    this.storage = parts.storage === null ? null : this.makeStorage(parts.storage);
    this.restored = this.makeRestored(parts.restoring);
    this.replicas = new ReplicaSet({
      kinds,
      clock,
      timers: systemTimers(clock),
      log,
      isLogReplaced,
      catalogReached: (offset) => this.catalog.reached(offset),
      indexer: this.indexer,
      sources: (indexId, shard) => [
        ...sourcesOf(indexId, shard, this.heard.all),
        ...(this.storage === null ? [] : [storageSource]),
        ...(this.restoredShard(indexId, shard) === null ? [] : [restoreSource]),
      ],
      peersHeard: () => this.peersHeard.promise,
      copy: async (from, place, signal) => {
        if (this.storage !== null && from === storageSource) return await this.storage.take(place, signal);
        const restored = from === restoreSource ? this.restoredShard(place.indexId, place.shard) : null;
        if (restored !== null) return await this.restored.take(restored, signal);
        return await copier.copy(from, place, signal);
      },
      storedOffset: (indexId, shard) => this.storage?.storedOffset({ indexId, shard }) ?? -1,
      onChange: () => this.reporter.changed(),
      onStop: (partition, stop) => this.tellStop(partition, stop),
    });
    this.desk = this.makeDesk();
    this.reporter = this.makeReporter();
    const queued = (): number => this.desk.count;
    this.metrics.observe({
      queued,
      pins: () => this.pins.count,
      snapshots: () => this.replicas.snapshots(),
      isStalled: () => this.indexer.isStalled,
      stopped: () => this.replicas.stoppedCount + (this.catalog.stopped === null ? 0 : 1),
      filters: () => this.caches.filters.counts,
    });
  }

  /** Ready while the leaf can answer for every shard it should have, and is not about to end. */
  get health(): Health {
    const { stopped } = this.catalog;
    const catalogIsKnown = this.catalogIsNew || this.parts.data.catalog !== null || stopped !== null;
    const isWhole = this.members !== null && catalogIsKnown && !this.catalog.isReplaced && !this.replicas.isLoading;
    const disk = this.indexer.isStalled ? { disk: 'full' } : {};
    return { isReady: isWhole && !this.leaving, detail: { ...disk, ...(this.leaving ? { draining: true } : {}) } };
  }

  /** Begins with what is on disk, and follows the log from there. */
  start(): void {
    this.place();
    this.catalog.start();
    void this.catalog.caughtUp().then((isNew) => {
      this.catalogIsNew = isNew;
      this.sweep();
    });
  }

  /** A root tells who is there. */
  setMembers(root: object, members: Members): void {
    const { peers } = members;
    this.outlive(peers);
    if (this.heard.take(root, peers)) this.reporter.changed();
    this.peersHeard.resolve();
    this.setRing(members);
    this.place();
    this.sweep();
  }

  /** What that root knew need not be waited for. */
  rootGone(root: object): void {
    this.heard.left(root);
    this.place();
  }

  /**
   * Tells everybody that the leaf is about to end, and goes on answering until others have what it has, for at most so
   * long. Resolves when it may end.
   */
  async drain(graceMs: number): Promise<void> {
    const { clock, telemetry } = this.parts;
    const askedAt = clock.now();
    if (this.departure(askedAt, graceMs) === 'alone') return;
    this.leaving = true;
    this.place();
    this.reporter.reportToAll();
    telemetry.info({ replicas: this.replicas.names().length, graceMs }, 'the leaf hands over what it has');
    let departure: Departure;
    while ((departure = this.departure(askedAt, graceMs)) === 'wait') {
      await new Promise((resolve) => void setTimeout(resolve, departurePollMs));
    }
    const tookMs = Math.round(clock.now() - askedAt);
    const replicas = this.notElsewhere();
    if (replicas.length === 0) telemetry.info({ departure, tookMs }, 'the leaf has handed over everything');
    else telemetry.warn({ departure, tookMs, replicas }, 'the leaf ends, and no other is known to have these replicas');
  }

  /** Refuses tasks, ends those that are here, writes everything to disk. */
  async close(): Promise<void> {
    this.closed = true;
    clearInterval(this.ticking);
    clearTimeout(this.waitingForPeers);
    this.desk.close();
    this.scheduler.stop();
    this.reporter.close();
    this.catalog.close();
    // What is being stored reads files that are held.
    await this.storage?.close();
    this.replicas.close();
    await this.holds.close();
    await this.indexer.stop();
    this.metrics.registry.clear();
  }

  private tick(): void {
    const now = this.parts.clock.now();
    this.stallWatch.tick(now);
    this.pins.dropOld(now);
    this.held.dropOld(now);
  }

  private makeScheduler(): Scheduler {
    const { clock, config } = this.parts;
    const turn = (): void => this.scheduler.turn();
    const taskMs = config.emulatedTaskMs;
    const wake = (): void => void setImmediate(turn);
    const after = (delayMs: number, action: () => void): void => void setTimeout(action, delayMs);
    return new Scheduler({
      clock,
      wake,
      onOverload: () => this.reporter.reportToAll(),
      onTurn: () => this.tellBacklog(),
      ...(taskMs === 0 ? {} : { emulated: new EmulatedWork({ taskMs, after, wake }) }),
    });
  }

  private makeDesk(): TaskDesk {
    const { kinds, clock, config, telemetry, tracer } = this.parts;
    return new TaskDesk({
      stages: {
        kinds,
        clock,
        scheduler: this.scheduler,
        find: (indexId, shard) => this.replicas.find(indexId, shard),
        pins: this.pins,
        held: this.held,
        caches: this.caches,
        recentSearches: new RecentSearches(),
        cameAfter: (now) => this.stallWatch.cameAfter(now),
      },
      telemetry,
      onEnd: (task, end, tookMs, timing) => {
        const endedAt = clock.now();
        this.metrics.onTaskEnd(task, end, tookMs);
        this.lastTaskAt = endedAt;
        if (task.kind === 'search' && end === 'answered') this.latency.record(tookMs, endedAt);
        if (tracer !== null) traceTask(tracer, config.name, task, { readAt: endedAt - tookMs, endedAt, end, timing });
      },
    });
  }

  private makeReporter(): Reporter {
    return new Reporter({
      leaf: this.parts.config.name,
      zone: this.parts.config.zone,
      incarnation: () => this.incarnation,
      cluster: () => this.parts.data.log,
      seen: () => this.heard.all.seen(),
      catalog: () => this.catalog.state,
      catalogStopped: () => this.catalog.stopped,
      replicas: () => this.replicas.reports,
      load: () => this.load(),
    });
  }

  private tellBacklog(): void {
    const { backlog } = this.scheduler;
    if (this.backlogNews.isNews(backlog, this.parts.clock.now())) this.reporter.tellBacklog(backlog);
  }

  private load(): Load {
    const latencyMs = this.latency.median(this.parts.clock.now());
    const { isOverloaded, isShedding, backlog } = this.scheduler;
    return {
      queued: this.desk.count,
      backlog,
      ...(latencyMs === undefined ? {} : { latencyMs }),
      overloaded: isOverloaded,
      shedding: isShedding,
      ...(this.leaving ? { draining: true } : {}),
      ...(this.indexer.isStalled ? { diskFull: true } : {}),
    };
  }

  private makeHolds(): Holds {
    const { indexer, parts } = this;
    const find = (indexId: string, shard: number): number | undefined => {
      const replica = this.replicas.find(indexId, shard);
      return replica?.isReady === true ? replica.openedAs : undefined;
    };
    return new Holds({ folder: parts.data.copies, indexer, find, idleMs: holdIdleMs });
  }

  private makeCopier(): Copier {
    const { telemetry, data, secret } = this.parts;
    return new Copier({
      folder: data.copies,
      telemetry,
      secret,
      addressOf: (leaf) => this.heard.all.reportOf(leaf),
      cluster: () => data.log,
      onCopied: this.metrics.onCopied,
      onFailed: this.metrics.onCopyFailed,
    });
  }

  private makeStorage(open: OpenStorage): ShardStorage {
    const { telemetry, data } = this.parts;
    return keepShards(open, {
      holds: this.holds,
      replicas: () => this.storableReplicas(),
      headOf: (place) => this.headOf(place),
      log: () => data.log,
      folder: data.copies,
      telemetry,
      onFetched: this.metrics.onFetched,
      onFetchFailed: this.metrics.onFetchFailed,
      onStored: this.metrics.onStored,
      onStoreFailed: this.metrics.onStoreFailed,
      onSeen: ({ indexId, shard }) => this.replicas.tellAnew(indexId, shard),
    });
  }

  private makeRestored(places: RestorePlaces): RestoredShards {
    const { telemetry, data } = this.parts;
    const { onFetched, onFetchFailed } = this.metrics;
    return new RestoredShards(places, {
      log: () => data.log,
      folder: data.copies,
      telemetry,
      onFetched,
      onFetchFailed,
    });
  }

  /** Null of one that is of no restored index. */
  private restoredShard(indexId: string, shard: number): RestoredShard | null {
    const placed = this.placed.placement.get(replicaName(indexId, shard));
    if (placed?.restored === undefined) return null;
    return { indexId, shard, kind: placed.index.kind, restored: placed.restored };
  }

  /** Of what a shard reads; Infinity where there is no such index any more. @throws SheafError LOG_UNAVAILABLE */
  private async headOf({ indexId, shard }: ShardPlace): Promise<number> {
    const placed = this.placed.placement.get(replicaName(indexId, shard));
    if (placed === undefined) return Infinity;
    const [head] = await this.parts.log.heads([partitionOf({ id: indexId, kind: placed.index.kind }, shard)]);
    return head!;
  }

  private storableReplicas(): StorableReplica[] {
    return [...this.placed.placement.values()].flatMap(({ indexId, shard, owners }) => {
      const replica = this.replicas.find(indexId, shard);
      const rank = owners.indexOf(this.parts.config.name);
      if (rank === -1 || replica?.life.kind !== 'ready') return [];
      return [{ indexId, shard, offset: replica.offset, rank }];
    });
  }

  private catalogChanged(state: CatalogState): void {
    // What cannot be placed was not understood, and is not stored.
    this.place();
    this.parts.data.storeCatalog(state);
  }

  private tellStop(partition: string, stop: StopReport | null): void {
    const { telemetry } = this.parts;
    if (stop === null) telemetry.info({ partition }, 'the partition is read on');
    else
      telemetry.error(
        { partition, ...stop },
        'what is in the log cannot be read: the partition stands still before it',
      );
  }

  /**
   * A root that does not name this leaf has yet to hear of it, or last heard that it was about to end. By such a word
   * nothing is given up.
   */
  private setRing(told: Members): void {
    const { config, data, telemetry } = this.parts;
    if (!told.leaves.includes(config.name) && !this.leaving) return;
    const members = takeMembers(this.members, told);
    if (this.members !== null && isSameRing(members, this.members)) return;
    telemetry.info({ ...members }, 'the members changed');
    this.members = members;
    if (!this.leaving) data.storeMembers(members);
  }

  /**
   * A root has heard a newer word of this leaf than any it says now, which nobody would believe: it was spoken before the
   * folder was lost, or put back from a copy. The leaf goes on above it.
   */
  private outlive(peers: Members['peers']): void {
    const { config, data, telemetry, random } = this.parts;
    const newer = outdatedBy(
      { leaf: config.name, incarnation: this.incarnation, sequence: this.reporter.sequence },
      peers,
    );
    if (newer === null) return;
    this.incarnation = nextIncarnation(newer.incarnation, random);
    telemetry.warn(
      { known: newer.incarnation, now: this.incarnation },
      'a newer word of this leaf was known than its own',
    );
    // Nothing waits for the disk: a number that is lost is told anew by whoever has heard it.
    void data.storeIncarnation(this.incarnation);
    this.reporter.reportToAll();
  }

  /** Before any members are known the leaf has no place on the ring, and owns nothing. */
  private place(): void {
    if (this.members === null || this.closed) return;
    const { name, zone = null } = this.parts.config;
    const { leaves, zones } = ringOf(this.members, { name, zone });
    this.placed.follow(this.catalog.state, this.leaving ? leaves.filter((leaf) => leaf !== name) : leaves, zones);
    this.replicas.change(this.view(), this.placed.takeTouched());
  }

  private view(): LeafView {
    const { config } = this.parts;
    const { heard, incarnation, leaving, reporter } = this;
    const { placement } = this.placed;
    return { own: config.name, incarnation, placement, heard, leaving, nextSequence: reporter.nextSequence };
  }

  private departure(askedAt: number, graceMs: number): Departure {
    const leaves = this.members?.leaves ?? [];
    return departureOf({
      now: this.parts.clock.now(),
      askedAt,
      graceMs,
      hasRoots: this.reporter.hasRoots,
      hasHeirs: hasHeirs(leaves, { own: this.parts.config.name, heard: this.heard }),
      hasHeard: !this.heard.all.isEmpty,
      notElsewhere: this.notElsewhere().length,
      tasks: this.desk.count,
      lastTaskAt: this.lastTaskAt,
    });
  }

  private notElsewhere(): string[] {
    return this.members === null ? [] : this.replicas.notElsewhere(this.view());
  }

  /** Deletes what is left of replicas given up while the leaf was away, once it is certain which those are. */
  private sweep(): void {
    if (this.swept || !this.catalogIsNew || this.members === null) return;
    this.swept = true;
    this.indexer.send({ kind: 'sweep', keep: this.replicas.names() });
  }

  private receive(message: FromIndexing): void {
    const { telemetry } = this.parts;
    this.metrics.onIndexing(message);
    if (message.kind === 'diskFault') telemetry.error({ reason: message.reason }, 'the data could not be written');
    if (message.kind === 'broke') telemetry.error({ reason: message.reason }, 'a replica is opened again');
    if (message.kind === 'opened' && message.healed !== null) {
      telemetry.warn({ reason: message.healed }, 'damaged files were deleted, the replica is read from the log');
    }
    if (message.kind === 'diskIll')
      telemetry.error('the disk takes nothing more: the leaf answers, and takes nothing in');
    if (message.kind === 'diskWell') telemetry.info('the disk can be written again: the leaf goes on taking in');
    if (message.kind === 'diskIll' || message.kind === 'diskWell') this.reporter.changed();
    if (message.kind === 'held') this.holds.receive(message);
    if ('replica' in message) this.replicas.receive(message);
  }

  private crash(error: Error): never {
    this.parts.telemetry.fatal({ err: error }, 'the indexing thread crashed');
    throw error;
  }
}
