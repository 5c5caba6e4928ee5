/** A leaf put together from its parts; `main.ts` starts it as a process. */
import type { Clock } from '../shared/clock/clock.ts';
import type { CatalogState } from '../shared/catalog/catalog.ts';
import type { LeafConfig } from '../shared/config/read.ts';
import { limits } from '../shared/limits.ts';
import type { Log } from '../shared/log/log.ts';
import type { Members } from '../shared/protocol/reports.ts';
import type { Telemetry } from '../shared/telemetry/telemetry.ts';
import type { Tracer } from '../shared/telemetry/tracer.ts';
import { leafMetrics, type LeafMetrics } from './http/metrics.ts';
import { Reporter, type Load } from './http/reporter.ts';
import { Indexer } from './indexing/indexer.ts';
import type { FromIndexing } from './indexing/messages.ts';
import { CatalogFollower } from './replicas/catalog-follower.ts';
import type { DataFolder, StoredMembers } from './replicas/data-folder.ts';
import { desiredReplicas } from './replicas/desired.ts';
import { PeerBook } from './replicas/peer-book.ts';
import { ReplicaSet } from './replicas/replica-set.ts';
import { EmulatedWork } from './schedule/emulated-work.ts';
import { Scheduler } from './schedule/scheduler.ts';
import { StallWatch, stallWatchDefaults } from './schedule/stall-watch.ts';
import { Pins } from './snapshot/pins.ts';
import { RecentLatency } from './tasks/recent-latency.ts';
import { TaskDesk } from './tasks/task-desk.ts';
import { traceTask } from './tasks/task-spans.ts';

export interface LeafParts {
  readonly config: Pick<LeafConfig, 'name' | 'refreshMs' | 'commitMs' | 'emulatedTaskMs' | 'pinKeepMs' | 'pinsMax'>;
  readonly telemetry: Telemetry;
  readonly clock: Clock;
  /** Null where tasks are not traced. */
  readonly tracer: Tracer | null;
  readonly log: Log;
  /** Whether what answers now is another log than that of the replicas. */
  readonly isLogReplaced: () => boolean;
  readonly data: DataFolder;
  /** Start of the process in milliseconds since 1970. */
  readonly incarnation: number;
}

export class Leaf {
  readonly metrics: LeafMetrics = leafMetrics();
  readonly desk: TaskDesk;
  readonly reporter: Reporter;
  private readonly parts: LeafParts;
  private readonly catalog: CatalogFollower;
  private readonly replicas: ReplicaSet;
  private readonly indexer: Indexer;
  private readonly scheduler: Scheduler;
  private readonly pins: Pins;
  private readonly latency = new RecentLatency();
  private readonly stallWatch: StallWatch;
  private readonly ticking: NodeJS.Timeout;
  private readonly peers: PeerBook;
  private members: StoredMembers | null;
  /** Whether the copy of the catalog has been as new as the log since the start. */
  private catalogIsNew = false;
  private swept = false;
  private replicasGiven = 0;

  constructor(parts: LeafParts) {
    const { config, clock, log, isLogReplaced, data } = parts;
    this.parts = parts;
    this.members = data.members;
    this.peers = new PeerBook(config.name);
    this.scheduler = this.makeScheduler();
    this.stallWatch = new StallWatch(clock.now());
    this.pins = new Pins({
      keepMs: config.pinKeepMs,
      countMax: config.pinsMax,
      bytesMax: limits.pinnedBytesMax,
      current: () => this.replicas.snapshots(),
    });
    this.ticking = setInterval(() => this.tick(), stallWatchDefaults.tickMs);
    this.catalog = new CatalogFollower({ log, stored: data.catalog, onChange: (state) => this.catalogChanged(state) });
    this.indexer = new Indexer(
      { folder: data.indexes, refreshMs: config.refreshMs, commitMs: config.commitMs },
      { onMessage: (message) => this.receive(message), onCrash: (error) => this.crash(error) },
    );
    this.replicas = new ReplicaSet({
      log,
      isLogReplaced,
      catalogReached: (offset) => this.catalog.reached(offset),
      indexer: this.indexer,
      nextNumber: () => ++this.replicasGiven,
      onChange: () => this.reporter.changed(),
    });
    this.desk = this.makeDesk();
    this.reporter = this.makeReporter();
    const queued = (): number => this.desk.count;
    this.metrics.observe({ queued, pins: () => this.pins.count, snapshots: () => this.replicas.snapshots() });
  }

  /** True while the leaf can answer for every shard it should have. */
  get isReady(): boolean {
    const catalogIsKnown = this.catalogIsNew || this.parts.data.catalog !== null;
    return this.members !== null && catalogIsKnown && !this.catalog.isReplaced && !this.replicas.isLoading;
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

  setMembers({ leaves, peers }: Members): void {
    if (this.peers.take(peers)) this.reporter.changed();
    const members = { leaves };
    if (JSON.stringify(this.members) === JSON.stringify(members)) return;
    this.parts.telemetry.info({ leaves: members.leaves }, 'the members changed');
    this.members = members;
    this.parts.data.storeMembers(members);
    this.place();
    this.sweep();
  }

  /** Refuses tasks, ends those that are here, writes everything to disk. */
  async close(): Promise<void> {
    clearInterval(this.ticking);
    this.desk.close();
    this.scheduler.stop();
    this.reporter.close();
    this.catalog.close();
    this.replicas.close();
    await this.indexer.stop();
    this.metrics.registry.clear();
  }

  private tick(): void {
    const now = this.parts.clock.now();
    this.stallWatch.tick(now);
    this.pins.dropOld(now);
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
      ...(taskMs === 0 ? {} : { emulated: new EmulatedWork({ taskMs, after, wake }) }),
    });
  }

  private makeDesk(): TaskDesk {
    const { clock, config, telemetry, tracer } = this.parts;
    return new TaskDesk({
      stages: {
        clock,
        scheduler: this.scheduler,
        find: (indexId, shard) => this.replicas.find(indexId, shard),
        pins: this.pins,
        cameAfter: (now) => this.stallWatch.cameAfter(now),
      },
      telemetry,
      onEnd: (task, end, tookMs, timing) => {
        const endedAt = clock.now();
        this.metrics.onTaskEnd(task, end, tookMs);
        if (task.kind === 'search' && end === 'answered') this.latency.record(tookMs, endedAt);
        if (tracer !== null) traceTask(tracer, config.name, task, { readAt: endedAt - tookMs, endedAt, end, timing });
      },
    });
  }

  private makeReporter(): Reporter {
    return new Reporter({
      leaf: this.parts.config.name,
      incarnation: this.parts.incarnation,
      cluster: () => this.parts.data.log,
      seen: () => this.peers.seen(),
      catalog: () => this.catalog.state,
      replicas: () => this.replicas.reports(),
      load: () => this.load(),
    });
  }

  private load(): Load {
    const latencyMs = this.latency.median(this.parts.clock.now());
    const { isOverloaded, isShedding } = this.scheduler;
    return {
      queued: this.desk.count,
      ...(latencyMs === undefined ? {} : { latencyMs }),
      overloaded: isOverloaded,
      shedding: isShedding,
    };
  }

  private catalogChanged(state: CatalogState): void {
    this.parts.data.storeCatalog(state);
    this.place();
  }

  /** Before any members are known the leaf has no place on the ring, and owns nothing. */
  private place(): void {
    if (this.members === null) return;
    this.replicas.change(desiredReplicas(this.catalog.state, this.members.leaves, this.parts.config.name));
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
    if ('replica' in message) this.replicas.receive(message);
  }

  private crash(error: Error): never {
    this.parts.telemetry.fatal({ err: error }, 'the indexing thread crashed');
    throw error;
  }
}
