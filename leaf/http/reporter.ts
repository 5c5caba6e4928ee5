/**
 * Tells every connected root about this leaf: at once when it connects, soon after a change, and as a heartbeat.
 * Touches the world: timers.
 */
import type { CatalogState } from '../../shared/catalog/catalog.ts';
import type { Backlog, LeafReport, LeafWord, ReplicaReport, StopReport } from '../../shared/protocol/reports.ts';
import type { Connection } from '../../shared/transport/connection.ts';

export interface Reported {
  readonly leaf: string;
  /** Number of this life; it rises when a newer word than this life's is known of. */
  readonly incarnation: () => number;
  /** Identity of the log that the leaf's data is of; null until it has met one. */
  readonly cluster: () => string | null;
  /** See LeafReport.seen. */
  readonly seen: () => readonly LeafWord[];
  readonly catalog: () => CatalogState;
  readonly catalogStopped: () => StopReport | null;
  readonly replicas: () => readonly ReplicaReport[];
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
  private readonly roots = new Set<Root>();
  private readonly heartbeat: NodeJS.Timeout;
  private soon: NodeJS.Timeout | undefined;
  private lastSequence = 0;

  constructor(reported: Reported) {
    this.reported = reported;
    this.heartbeat = setInterval(() => this.reportToAll(), heartbeatMs);
  }

  /** A root has connected. The first report carries the catalog. */
  add(root: Root): void {
    this.roots.add(root);
    root.send('report', 0, { ...this.makeReport(), catalog: this.reported.catalog() } satisfies LeafReport);
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
    for (const root of this.roots) if (root.bufferedBytes < bufferedBytesMax) root.send('report', 0, report);
  }

  /** Tells all roots what there is to do. One that does not read hears it with the heartbeat. */
  tellBacklog(backlog: Backlog): void {
    for (const root of this.roots) if (root.bufferedBytes < bufferedBytesMax) root.send('backlog', 0, backlog);
  }

  private makeReport(): LeafReport {
    const { leaf, incarnation, load, replicas } = this.reported;
    const cluster = this.reported.cluster();
    const seen = this.reported.seen();
    const stopped = this.reported.catalogStopped();
    return {
      leaf,
      incarnation: incarnation(),
      sequence: ++this.lastSequence,
      ...(cluster === null ? {} : { cluster }),
      ...load(),
      replicas: replicas(),
      ...(stopped === null ? {} : { catalogStopped: stopped }),
      ...(seen.length === 0 ? {} : { seen }),
    };
  }
}
