/**
 * A document index in one process: the real read path of the root over leaves with the real stages and snapshots.
 * Tasks and partials pass through JSON, as they do between processes. Writes happen when the test says so.
 */
import { leafKinds } from '../../leaf/kinds/leaf-kinds.ts';
import { mergeSegments } from '../../leaf/merge/merge.ts';
import { Scheduler } from '../../leaf/schedule/scheduler.ts';
import { RecentSearches } from '../../leaf/tasks/recent-searches.ts';
import { search as answerTask, type SearchStages } from '../../leaf/search.ts';
import { buildSegment, type SegmentDocument } from '../../leaf/segment/build.ts';
import { openSegment } from '../../leaf/segment/open.ts';
import { Pins } from '../../leaf/snapshot/pins.ts';
import { emptySnapshot, liveSegment, makeSnapshot, withDeleted, type Snapshot } from '../../leaf/snapshot/snapshot.ts';
import { HeadBook } from '../../root/freshness/head-book.ts';
import { composeReadPath } from '../../root/plan/compose-read-path.ts';
import type { RoundDependencies } from '../../root/plan/round.ts';
import { Defence } from '../../root/scatter/defence.ts';
import type { LeafPort, TaskOutcome } from '../../root/scatter/drive.ts';
import { systemClock } from '../../shared/clock/clock.ts';
import { systemTimers } from '../../shared/clock/timers.ts';
import { asSheafError, SheafError } from '../../shared/errors.ts';
import type { Partial, PartialOf, Task } from '../../shared/protocol/tasks/tasks.ts';
import { indexedFields, type IndexSchema } from '../../shared/schema/schema.ts';
import { QueryCaches } from '../../leaf/evaluate/query-caches.ts';

export interface Write {
  readonly shard: number;
  readonly key: string;
  /** Null deletes. */
  readonly document: object | null;
}

export interface DocumentClusterOptions {
  readonly schema: IndexSchema;
  readonly shards: number;
  /** A replica of shard s is on the leaves s, s + 1, … of them, round and round. */
  readonly leaves: number;
  readonly replicas: number;
  /** Of several indexes the shards stand one after the other: the first of each, by id. One index where it is left out. */
  readonly firstShards?: ReadonlyMap<string, number>;
  /** States that a leaf holds for later rounds; 1000 where it is left out. */
  readonly heldMax?: number;
}

/** What one attempt came to. */
export interface Traffic {
  readonly leaf: string;
  readonly task: Task;
  /** Null where it failed. */
  readonly partial: Partial | null;
  readonly bodyBytes: number;
}

export class DocumentCluster {
  readonly root: RoundDependencies;
  /** In the order of the answers. */
  readonly traffic: Traffic[] = [];
  /** Tasks that the root wanted no longer, in that order. */
  readonly cancelled: Task[] = [];
  /** Every version of a document there ever was, by `shard/log offset`. */
  readonly versions = new Map<string, string>();
  /** Called before a task is sent. */
  onSend: (leaf: string, task: Task) => void = () => undefined;
  /** What the root is told in place of what a leaf answers. */
  onPartial: (partial: Partial) => Partial = (partial) => partial;
  /** Leaves that answer nothing: what is sent to them fails at once, and what they have not answered yet. */
  readonly dead = new Set<string>();
  /** Leaves that take tasks and say nothing. */
  readonly silent = new Set<string>();
  private readonly options: DocumentClusterOptions;
  private readonly fields;
  /** By leaf and shard. */
  private readonly replicas = new Map<string, Map<number, Snapshot>>();
  private readonly stages = new Map<string, SearchStages>();
  private offset = 0;

  constructor(options: DocumentClusterOptions) {
    this.options = options;
    this.fields = indexedFields(options.schema);
    const owners = Array.from({ length: options.shards }, (_, shard) =>
      Array.from({ length: options.replicas }, (__, i) => `leaf-${(shard + i) % options.leaves}`),
    );
    for (const [shard, leaves] of owners.entries()) {
      for (const leaf of leaves) {
        if (!this.replicas.has(leaf)) this.replicas.set(leaf, new Map());
        this.replicas.get(leaf)!.set(shard, emptySnapshot);
      }
    }
    for (const leaf of this.replicas.keys()) this.stages.set(leaf, this.makeStages(leaf));
    this.root = composeReadPath({
      clock: systemClock,
      timers: systemTimers(systemClock),
      random: () => 0.5,
      leaves: { send: this.send },
      defence: new Defence({ hedging: false, onHedges: () => {} }),
      heads: new HeadBook(),
      directory: {
        stopsOf: () => [],
        hasNewShards: () => false,
        readyOwners: (index, count) => {
          const first = this.firstShard(index);
          return owners.slice(first, first + count).map((leaves) => leaves.filter((leaf) => !this.dead.has(leaf)));
        },
        documentsOf: (index, shard) => {
          const own = this.firstShard(index) + shard;
          return this.replicas.get(owners[own]![0]!)!.get(own)!.documents;
        },
        summaryOf: () => null,
        isUp: (leaf) => !this.dead.has(leaf),
        stateOf: () => null,
        lagsOf: () => new Map(),
      },
    });
  }

  /** Makes the writes searchable on all leaves, in one segment a shard. A key may be written once in it. */
  write(writes: readonly Write[]): void {
    const byShard = Map.groupBy(
      writes.map((write) => ({ ...write, offset: (this.offset += 2) })),
      ({ shard }) => shard,
    );
    for (const [shard, each] of byShard) {
      const documents: SegmentDocument[] = [];
      for (const { key, document, offset } of each) {
        if (document === null) continue;
        const text = JSON.stringify(document);
        this.versions.set(`${shard}/${offset}`, text);
        documents.push({ key, offset, source: Buffer.from(text) });
      }
      const segment = documents.length === 0 ? [] : [liveSegment(openSegment(buildSegment(this.fields, documents)))];
      const keys = each.map(({ key }) => key);
      this.publish(shard, (old) => {
        const kept = old.segments.map((live) => {
          return withDeleted(
            live,
            keys.map((key) => live.segment.keys.docIdOfKey(key)).filter((docId) => docId >= 0),
          );
        });
        return makeSnapshot([...kept, ...segment], this.offset);
      });
    }
  }

  /** Merges all segments of the leaves: what was replaced or deleted is gone. */
  merge(leaves: Iterable<string> = this.replicas.keys()): void {
    const chosen = new Set(leaves);
    for (let shard = 0; shard < this.options.shards; shard++) {
      const mergeOne = ({ segments, offset }: Snapshot): Snapshot => {
        const { buffer } = mergeSegments(this.fields, segments);
        return makeSnapshot([liveSegment(openSegment(buffer))], offset);
      };
      this.publish(shard, (old) => (old.segments.length === 0 ? old : mergeOne(old)), chosen);
    }
  }

  /** Sources that leaves have sent, by the kind of task. */
  sourcesSent(kind: 'search' | 'fetch'): number {
    let count = 0;
    for (const { partial } of this.traffic) {
      if (partial?.kind !== kind) continue;
      const { sourceBytes = [] } = partial.kind === 'search' ? partial.hits : partial.found;
      count += sourceBytes.filter((bytes) => bytes > 0).length;
    }
    return count;
  }

  private firstShard(indexId: string): number {
    return this.options.firstShards?.get(indexId) ?? 0;
  }

  private publish(shard: number, next: (old: Snapshot) => Snapshot, leaves?: ReadonlySet<string>): void {
    for (const [leaf, snapshots] of this.replicas) {
      const old = snapshots.get(shard);
      if (old !== undefined && (leaves?.has(leaf) ?? true)) snapshots.set(shard, next(old));
    }
  }

  private makeStages(leaf: string): SearchStages {
    const scheduler: Scheduler = new Scheduler({
      clock: systemClock,
      wake: () => void setImmediate(() => scheduler.turn()),
    });
    return {
      kinds: leafKinds,
      clock: systemClock,
      scheduler,
      pins: new Pins({ keepMs: 60_000, countMax: 1000, bytesMax: 1e9, current: () => [] }),
      held: new Pins({ keepMs: 60_000, countMax: this.options.heldMax ?? 1000, bytesMax: 1e9, current: () => [] }),
      caches: new QueryCaches(),
      recentSearches: new RecentSearches(),
      cameAfter: (now) => now,
      find: (index, shard) => {
        const snapshot = this.replicas.get(leaf)!.get(this.firstShard(index) + shard);
        const reach = (): Promise<boolean> => Promise.resolve(false);
        return snapshot && { isReady: true, offset: snapshot.offset, snapshot, reach };
      },
    };
  }

  private readonly send: LeafPort['send'] = <T extends Task>(
    leaf: string,
    task: T,
    onOutcome: (outcome: TaskOutcome<T>) => void,
  ) => {
    this.onSend(leaf, task);
    const controller = new AbortController();
    void this.answer<T>(leaf, task, controller.signal).then((outcome) => {
      if (!controller.signal.aborted && outcome !== null) onOutcome(outcome);
    });
    const cancel = (): void => {
      this.cancelled.push(task);
      controller.abort();
    };
    return { cancel };
  };

  private async answer<T extends Task>(leaf: string, sent: T, signal: AbortSignal): Promise<TaskOutcome<T> | null> {
    const task = JSON.parse(JSON.stringify(sent)) as Task;
    const stages = this.stages.get(leaf)!;
    try {
      await new Promise(setImmediate);
      if (this.silent.has(leaf)) return null;
      if (this.dead.has(leaf)) throw new SheafError('LEAF_UNREACHABLE');
      const { partial, body } = await answerTask(stages, task, signal);
      if (this.dead.has(leaf)) throw new SheafError('LEAF_UNREACHABLE');
      const bytes = Buffer.concat(body);
      this.traffic.push({ leaf, task: sent, partial, bodyBytes: bytes.length });
      const json = JSON.stringify(this.onPartial(partial));
      const sizeBytes = Buffer.byteLength(json) + bytes.length;
      return { ok: true, partial: JSON.parse(json) as PartialOf<T>, body: bytes, sizeBytes };
    } catch (error) {
      if (signal.aborted) return null;
      this.traffic.push({ leaf, task: sent, partial: null, bodyBytes: 0 });
      return { ok: false, error: asSheafError(error) };
    }
  }
}
