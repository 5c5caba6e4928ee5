/**
 * A leaf without sockets, log and root: its indexing thread, its scheduler and its read pipeline, in this process. Touches the
 * world: the thread, a folder.
 */
import { setTimeout } from 'node:timers/promises';
import type { Clock } from '../../shared/clock/clock.ts';
import type { SearchTask } from '../../shared/protocol/tasks/search.ts';
import type { IndexedField } from '../../shared/schema/schema.ts';
import { Indexer } from '../../leaf/indexing/indexer.ts';
import type { FromIndexing } from '../../leaf/indexing/messages.ts';
import { leafKinds } from '../../leaf/kinds/leaf-kinds.ts';
import { startRun } from '../../leaf/kinds/start-run.ts';
import { publishedSnapshots, type PublishedSnapshots } from '../../leaf/replicas/published-snapshots.ts';
import { runJob } from '../../leaf/schedule/run-job.ts';
import { Scheduler } from '../../leaf/schedule/scheduler.ts';
import { openSegment } from '../../leaf/segment/open.ts';
import { emptySnapshot, makeSnapshot, type Snapshot } from '../../leaf/snapshot/snapshot.ts';
import { BatchWriter } from '../../shared/log/batch.ts';
import { QueryCaches } from '../../leaf/evaluate/query-caches.ts';

export interface LeafInProcessOptions {
  readonly clock: Clock;
  readonly folder: string;
  readonly fields: readonly IndexedField[];
  readonly shards: number;
  /** False: a task is worked on to its end in one go. */
  readonly sliced: boolean;
}

/** What a leaf has unless its settings say otherwise. */
const settings = { refreshMs: 200, commitMs: 5000 };

const unchangedMax = 60_000;

export class LeafInProcess {
  private readonly options: LeafInProcessOptions;
  private readonly indexer: Indexer;
  private readonly caches = new QueryCaches();
  private readonly scheduler: Scheduler;
  private readonly snapshots: Snapshot[] = [];
  private readonly published: PublishedSnapshots<Snapshot>[] = [];
  private readonly offsets: number[] = [];
  private waiters: (() => void)[] = [];
  private failure: Error | null = null;
  private isSliced: boolean;

  constructor(options: LeafInProcessOptions) {
    const { clock, folder, fields, shards, sliced } = options;
    this.options = options;
    this.isSliced = sliced;
    this.scheduler = new Scheduler({ clock, wake: () => void setImmediate(() => this.scheduler.turn()) });
    this.indexer = new Indexer(
      { folder, ...settings },
      { onMessage: (message) => this.receive(message), onCrash: (error) => this.fail(error) },
    );
    const index = { kind: 'document', shards } as const;
    for (let shard = 0; shard < shards; shard++) {
      this.snapshots.push(emptySnapshot);
      this.published.push(publishedSnapshots(openSegment, makeSnapshot));
      this.offsets.push(-1);
      this.indexer.send({ kind: 'open', replica: shard, indexId: 'steady', shard, index, fields });
    }
  }

  get documents(): number {
    return this.snapshots.reduce((sum, { documents }) => sum + documents, 0);
  }

  get segments(): number {
    return this.snapshots.reduce((sum, { segments }) => sum + segments.length, 0);
  }

  /** Whether tasks take turns. */
  setSliced(isSliced: boolean): void {
    this.isSliced = isSliced;
  }

  /** Appends documents to a shard. Resolves when there is room for more. */
  async write(
    shard: number,
    documents: readonly { readonly key: string; readonly source: Uint8Array }[],
  ): Promise<void> {
    const writer = new BatchWriter(-1);
    for (const { key, source } of documents) writer.add('put', key, source);
    const firstOffset = this.offsets[shard]! + 1;
    this.offsets[shard] = firstOffset + documents.length - 1;
    await this.indexer.hand(shard, {
      partition: `steady/${shard}`,
      firstOffset,
      count: documents.length,
      bytes: writer.finish(),
    });
  }

  /** Resolves when all that was written can be found. */
  async untilSearchable(): Promise<void> {
    while (this.snapshots.some(({ offset }, shard) => offset < this.offsets[shard]!)) await this.change();
  }

  /**
   * Resolves when every shard has settled into one segment, which takes ten seconds and then the time of the merges; or when
   * nothing has changed for a minute.
   */
  async untilSettled(): Promise<void> {
    while (this.segments > this.options.shards) {
      const timeout = new AbortController();
      const over = setTimeout(unchangedMax, false, { signal: timeout.signal }).catch(() => true);
      const isChanged = await Promise.race([this.change().then(() => true), over]);
      timeout.abort();
      if (!isChanged) return;
    }
  }

  /** Resolves at the next publication. */
  private async change(): Promise<void> {
    if (this.failure !== null) throw this.failure;
    await new Promise<void>((resolve) => this.waiters.push(resolve));
  }

  snapshotOf(shard: number): Snapshot {
    return this.snapshots[shard]!;
  }

  /** Answers a task over all shards. */
  async ask(task: SearchTask): Promise<void> {
    const run = startRun(
      leafKinds,
      task,
      this.snapshots.map((snapshot, shard) => ({ shard, snapshot })),
      this.caches,
    );
    const step = (documentsMax: number): boolean => {
      if (this.isSliced) return run.step(documentsMax);
      while (!run.step(documentsMax));
      return true;
    };
    const deadline = this.options.clock.now() + task.remainingMs;
    const ended = await runJob(this.scheduler, step, {
      priority: 'interactive',
      deadline,
      signal: new AbortController().signal,
    });
    if (ended !== 'done') throw new Error(`a task ended ${ended}`);
    run.result();
  }

  async close(): Promise<void> {
    this.scheduler.stop();
    await this.indexer.stop();
  }

  private receive(message: FromIndexing): void {
    if (message.kind === 'broke' || message.kind === 'diskFault') this.fail(new Error(message.reason));
    if (message.kind !== 'published' && message.kind !== 'opened') return;
    this.snapshots[message.replica] = this.published[message.replica]!.take(message.publication);
    for (const resolve of this.waiters.splice(0)) resolve();
  }

  private fail(error: Error): void {
    this.failure = error;
    for (const resolve of this.waiters.splice(0)) resolve();
  }
}
