/** What a leaf tells Prometheus. */
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from '@prometheus-io/client';
import type { FromIndexing } from '../indexing/messages.ts';
import type { ReplicaSnapshot } from '../snapshot/replica-snapshot.ts';
import type { TaskDeskOptions } from '../tasks/task-desk.ts';

export interface LeafFigures {
  readonly queued: () => number;
  /** States kept for searches that pinned them. */
  readonly pins: () => number;
  readonly snapshots: () => readonly ReplicaSnapshot[];
  readonly isStalled: () => boolean;
  /** Replicas, and the catalog, that stand still before what they cannot read. */
  readonly stopped: () => number;
  /** Filters of segments since the start. */
  readonly filters: () => { readonly remembered: number; readonly evaluated: number };
}

export interface LeafMetrics {
  readonly registry: Registry;
  readonly onTaskEnd: TaskDeskOptions['onEnd'];
  /** A replica came from another leaf, so many bytes. */
  readonly onCopied: (bytes: number) => void;
  readonly onCopyFailed: () => void;
  /** A replica came from object storage, so many bytes. */
  readonly onFetched: (bytes: number) => void;
  readonly onFetchFailed: () => void;
  /** A shard was stored in object storage, by sending so many bytes. */
  readonly onStored: (bytes: number) => void;
  readonly onStoreFailed: () => void;
  readonly onIndexing: (message: FromIndexing) => void;
  /** Reads these at each scrape. */
  observe(figures: LeafFigures): void;
}

/** From a look-up to the default deadline and beyond. */
const taskSecondsBuckets = [0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2];

export function leafMetrics(): LeafMetrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  const tasks = new Counter({
    name: 'sheaf_leaf_tasks_total',
    help: 'Tasks by how they ended',
    labelNames: ['kind', 'end'],
    registers,
  });
  const seconds = new Histogram({
    name: 'sheaf_leaf_task_seconds',
    help: 'From reading a task to its answer, waiting included',
    labelNames: ['kind'],
    buckets: taskSecondsBuckets,
    registers,
  });
  const shards = new Counter({
    name: 'sheaf_leaf_shards_asked_total',
    help: 'Shards asked by tasks, by the kind of task, whatever became of them',
    labelNames: ['kind'],
    registers,
  });
  return {
    registry,
    onTaskEnd: ({ kind, shards: asked }, end, tookMs) => {
      tasks.inc({ kind, end });
      shards.inc({ kind }, asked.length);
      seconds.observe({ kind }, tookMs / 1000);
    },
    ...countCopies(registers),
    ...countStorage(registers),
    onIndexing: countIndexing(registers),
    observe: (figures) => observeFigures(registers, figures),
  };
}

function countCopies(registers: Registry[]): Pick<LeafMetrics, 'onCopied' | 'onCopyFailed'> {
  const counter = (name: string, help: string): Counter => new Counter({ name, help, registers });
  const copied = counter('sheaf_leaf_replicas_copied_total', 'Replicas taken from other leaves');
  const bytes = counter('sheaf_leaf_copied_bytes_total', 'Bytes of these');
  const failed = counter('sheaf_leaf_copies_failed_total', 'Tries to take a replica from a leaf that failed');
  return {
    onCopied: (count) => {
      copied.inc();
      bytes.inc(count);
    },
    onCopyFailed: () => failed.inc(),
  };
}

function countStorage(
  registers: Registry[],
): Pick<LeafMetrics, 'onFetched' | 'onFetchFailed' | 'onStored' | 'onStoreFailed'> {
  const counter = (name: string, help: string): Counter => new Counter({ name, help, registers });
  const fetched = counter('sheaf_leaf_replicas_fetched_total', 'Replicas taken from object storage');
  const fetchedBytes = counter('sheaf_leaf_fetched_bytes_total', 'Bytes of these');
  const unfetched = counter(
    'sheaf_leaf_fetches_failed_total',
    'Tries to take a replica from object storage that failed',
  );
  const stored = counter('sheaf_leaf_shards_stored_total', 'Shards brought into object storage');
  const storedBytes = counter('sheaf_leaf_stored_bytes_total', 'Bytes sent for these');
  const unstored = counter('sheaf_leaf_stores_failed_total', 'Tries to bring a shard into object storage that failed');
  return {
    onFetched: (bytes) => {
      fetched.inc();
      fetchedBytes.inc(bytes);
    },
    onFetchFailed: () => unfetched.inc(),
    onStored: (bytes) => {
      stored.inc();
      storedBytes.inc(bytes);
    },
    onStoreFailed: () => unstored.inc(),
  };
}

function countIndexing(registers: Registry[]): (message: FromIndexing) => void {
  const counter = (name: string, help: string): Counter => new Counter({ name, help, registers });
  const indexed = counter('sheaf_leaf_documents_indexed_total', 'Puts read from the log');
  const commits = counter('sheaf_leaf_commits_total', 'Replicas written to disk');
  const faults = counter('sheaf_leaf_disk_faults_total', 'Writes to disk that failed and are tried again');
  const healed = counter('sheaf_leaf_replicas_healed_total', 'Replicas with damaged files, built anew from the log');
  const broken = counter('sheaf_leaf_replicas_broken_total', 'Replicas that indexing had to let go and open again');
  return (message) => {
    if (message.kind === 'taken') indexed.inc(message.documents);
    else if (message.kind === 'committed') commits.inc();
    else if (message.kind === 'diskFault') faults.inc();
    else if (message.kind === 'broke') broken.inc();
    else if (message.kind === 'opened' && message.healed !== null) healed.inc();
  };
}

function observeFigures(registers: Registry[], figures: LeafFigures): void {
  const { queued, pins, snapshots, isStalled, stopped, filters } = figures;
  const gauge = (name: string, help: string, read: () => number): void => {
    const made: Gauge = new Gauge({ name, help, registers, collect: (): void => made.set(read()) });
  };
  const sum = (read: (snapshot: ReplicaSnapshot) => number): number =>
    snapshots().reduce((total, one) => total + read(one), 0);
  gauge('sheaf_leaf_tasks_queued', 'Tasks waiting and running', queued);
  gauge('sheaf_leaf_disk_full', '1 while nothing can be written to disk, so that nothing is taken in', () =>
    isStalled() ? 1 : 0,
  );
  gauge('sheaf_leaf_partitions_stopped', 'Replicas, and the catalog, that cannot read on in the log', stopped);
  gauge('sheaf_leaf_pins', 'States of shards kept for searches that pinned them', pins);
  observeFilters(registers, filters);
  gauge('sheaf_leaf_replicas', 'Replicas on this leaf', () => snapshots().length);
  gauge('sheaf_leaf_documents', 'Live documents', () => sum(({ documents }) => documents));
  gauge('sheaf_leaf_segments', 'Segments', () => sum(({ segments }) => segments.length));
  gauge('sheaf_leaf_segment_bytes', 'Bytes of all segments', () =>
    sum(({ segments }) => segments.reduce((bytes, { segment }) => bytes + segment.sizeBytes, 0)),
  );
}

function observeFilters(registers: Registry[], read: LeafFigures['filters']): void {
  const counter: Counter<'how'> = new Counter({
    name: 'sheaf_leaf_filters_total',
    help: 'Filters of segments: remembered from earlier searches, or evaluated',
    labelNames: ['how'],
    registers,
    collect: (): void => {
      const counts = read();
      counter.reset();
      for (const how of ['remembered', 'evaluated'] as const) counter.inc({ how }, counts[how]);
    },
  });
}
