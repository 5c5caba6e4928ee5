/**
 * Tells every connected root about this leaf: at once when it connects, soon after a change, and as a heartbeat. Of replicas
 * it tells what that root has not been told; a heartbeat of a leaf where nothing happens is a few bytes. Touches the world:
 * timers.
 */
import { icuVersion } from '../../shared/analysis/analysis-version.ts';
import type { CatalogState } from '../../shared/catalog/catalog.ts';
import { storedCatalog } from '../../shared/catalog/stored-catalog.ts';
import { tellReplicas, type Replicas, type ReplicasFrame, type Told } from '../../shared/protocol/replicas.ts';
import type { ReportFrame } from '../../shared/protocol/report-frames.ts';
import type { Backlog, LeafReport, LeafWord, StopReport } from '../../shared/protocol/reports.ts';
import type { Connection } from '../../shared/transport/connection.ts';

export interface Reported {
  readonly leaf: string;
  /** Undefined where it is in none. */
  readonly zone: string | undefined;
  /** Number of this life; it rises when a newer word than this life's is known of. */
  readonly incarnation: () => number;
  /** Identity of the log that the leaf's data is of; null until it has met one. */
  readonly cluster: () => string | null;
  /** See LeafReport.seen. */
  readonly seen: () => readonly LeafWord[];
  readonly catalog: () => CatalogState;
  readonly catalogStopped: () => StopReport | null;
  readonly replicas: () => Replicas;
  readonly load: () => Load;
}

/** How the leaf is, and how much it has to do. */
export type Load = Pick<
  LeafReport,
  'draining' | 'diskFull' | 'queued' | 'backlog' | 'latencyMs' | 'overloaded' | 'shedding'
>;

const heartbeatMs = 250;
/** Changes within this time make one report. */
const debounceMs = 100;
/** A root that has not taken so much is not told more until it does. */
const bufferedBytesMax = 1024 * 1024;

type Root = Pick<Connection, 'send' | 'bufferedBytes'>;

export class Reporter {
  private readonly reported: Reported;
  /** What each was told last. */
  private readonly roots = new Map<Root, Told>();
  private readonly heartbeat: NodeJS.Timeout;
  private soon: NodeJS.Timeout | undefined;
  private lastSequence = 0;

  constructor(reported: Reported) {
    this.reported = reported;
    this.heartbeat = setInterval(() => this.reportToAll(), heartbeatMs);
  }

  /** A root has connected. The first report carries the catalog. */
  add(root: Root): void {
    const report = this.makeReport();
    const catalog = storedCatalog(this.reported.catalog());
    const frame = { ...report, ...tellReplicas(report.replicas, null), icu: icuVersion, catalog } satisfies ReportFrame;
    root.send('report', 0, frame);
    this.roots.set(root, report);
  }

  /** Whether any root is connected: without one, nobody asks anything here. */
  get hasRoots(): boolean {
    return this.roots.size > 0;
  }

  /** Of the last report; 0 before the first. */
  get sequence(): number {
    return this.lastSequence;
  }

  /** Of the next report. */
  get nextSequence(): number {
    return this.lastSequence + 1;
  }

  remove(root: Root): void {
    this.roots.delete(root);
  }

  /** Something that is reported has changed. */
  changed(): void {
    this.soon ??= setTimeout(() => this.reportToAll(), debounceMs);
  }

  close(): void {
    clearInterval(this.heartbeat);
    clearTimeout(this.soon);
    this.roots.clear();
  }

  /** Tells all roots at once. */
  reportToAll(): void {
    clearTimeout(this.soon);
    this.soon = undefined;
    const report = this.makeReport();
    // Most roots were told the same last.
    const frames = new Map<number, ReplicasFrame>();
    for (const [root, told] of this.roots) {
      if (root.bufferedBytes >= bufferedBytesMax) continue;
      const frame = frames.get(told.sequence) ?? tellReplicas(report.replicas, told);
      frames.set(told.sequence, frame);
      root.send('report', 0, { ...report, ...frame } satisfies ReportFrame);
      this.roots.set(root, report);
    }
  }

  /** Tells all roots what there is to do. One that does not read hears it with the heartbeat. */
  tellBacklog(backlog: Backlog): void {
    for (const root of this.roots.keys()) {
      if (root.bufferedBytes < bufferedBytesMax) root.send('backlog', 0, backlog);
    }
  }

  private makeReport(): Omit<LeafReport, 'catalog'> {
    const { leaf, zone, incarnation, load, replicas } = this.reported;
    const cluster = this.reported.cluster();
    const seen = this.reported.seen();
    const stopped = this.reported.catalogStopped();
    return {
      leaf,
      incarnation: incarnation(),
      sequence: ++this.lastSequence,
      ...(cluster === null ? {} : { cluster }),
      ...(zone === undefined ? {} : { zone }),
      ...load(),
      replicas: replicas(),
      ...(stopped === null ? {} : { catalogStopped: stopped }),
      ...(seen.length === 0 ? {} : { seen }),
    };
  }
}
