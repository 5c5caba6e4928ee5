/**
 * One replica as the indexing thread holds it: what is pending, what is searchable, what is on disk. Reads no clock
 * and posts nothing; the loop drives it.
 */
import { stopAt } from '../../shared/log/stop.ts';
import type { StopReport } from '../../shared/protocol/reports.ts';
import type { IndexedField } from '../../shared/schema/schema.ts';
import { chooseMerge, chooseSettlingMerge, type MergeCandidate } from '../merge/policy.ts';
import { KeyHistory, type Retention } from '../keys/key-history.ts';
import { undeleted, type Live, type StoredSegment } from '../snapshot/stored-segment.ts';
import type { ShardWork } from './choose-work.ts';
import { withSkipped } from './manifest.ts';
import type { Publication } from './messages.ts';
import type { OffsetBatch } from './pending.ts';
import {
  deleteLeftovers,
  writeReplica,
  type FoundReplica,
  type NumberedSegment,
  type ReplicaPlace,
} from './replica-files.ts';
import type { ReplicaState } from './replica-files.ts';
import type { PendingEntries, SegmentEngine } from './segment-engine.ts';
import { WrittenFiles } from './written-files.ts';

export interface WriterOptions<S extends StoredSegment, P extends PendingEntries> {
  readonly engine: SegmentEngine<S, P>;
  readonly replica: number;
  readonly place: ReplicaPlace;
  readonly fields: readonly IndexedField[];
  /** What its folder held, null when nothing. */
  readonly found: FoundReplica<S> | null;
  /** How much is remembered of keys, where the folder held nothing; as everywhere when left out. */
  readonly retention?: Retention;
}

/** Segments of more than this together are written as they are: their bytes cost more than their fsyncs. */
const unwrittenBytesMax = 16 * 1024 * 1024;
/** Offsets that searches wait for and that may never come are forgotten beyond so many. */
const wantedMax = 1000;

/** A replica's writer as the loop drives it, of whatever kind. */
export interface Writer extends ShardWork {
  /** Its number in messages. */
  readonly replica: number;
  readonly place: ReplicaPlace;
  /** What the next pending entries are indexed with. */
  fields: readonly IndexedField[];
  /** Whether the replica had caught up with the log when its files were written, or at some time before. */
  readonly complete: boolean;
  /** Up to where it is searchable. */
  readonly offset: number;
  /** Before which batch it stands still; until `resume` it takes nothing. */
  readonly stopped: StopReport | null;
  take(batch: OffsetBatch, now: number): number;
  want(offset: number): void;
  refresh(now: number): Publication;
  merge(now: number): Publication;
  settle(now: number): Publication;
  mergeUnwritten(now: number): Publication | null;
  markComplete(now: number): void;
  commit(): void;
  /** Whether its folder may hold what a process that was killed left there. */
  readonly untidy: boolean;
  /** Deletes that. */
  tidy(): void;
  postponeCommit(now: number): void;
  publication(): Publication;
  /** Whatever follows on what is searchable is taken again. */
  resume(): void;
}

export class ReplicaWriter<S extends StoredSegment, P extends PendingEntries> implements Writer {
  /** Its number in messages. */
  readonly replica: number;
  private readonly engine: SegmentEngine<S, P>;
  readonly place: ReplicaPlace;
  fields: readonly IndexedField[];
  pendingSince: number | null = null;
  dirtySince: number | null = null;
  mergeDue = false;
  settlingSince: number | null = null;
  stopped: StopReport | null = null;
  untidy: boolean;
  private pending: P;
  /** What is in `pending`: nothing is copied, entries are views of these. */
  private batches: OffsetBatch[] = [];
  private searchable: ReplicaState<S>;
  /** Up to where entries were taken; at least the searchable offset. */
  private takenOffset: number;
  /** Offsets that searches wait for. */
  private readonly wantedOffsets = new Set<number>();
  private nextId: number;
  private readonly written: WrittenFiles;
  /** Outcomes that no publication has had. */
  private unpublished: Float64Array[] = [];

  constructor(options: WriterOptions<S, P>) {
    this.replica = options.replica;
    this.engine = options.engine;
    this.pending = this.engine.newPending();
    this.place = options.place;
    this.fields = options.fields;
    this.searchable = options.found ?? {
      offset: -1,
      complete: false,
      segments: [],
      history: new KeyHistory(options.retention),
      skipped: [],
      unrouted: true,
    };
    this.takenOffset = this.searchable.offset;
    // Where there is no manifest, the first commit deletes what else there is.
    this.untidy = options.found !== null;
    this.written = new WrittenFiles(options.found);
    this.nextId = this.written.greatestId + 1;
    // As if it had last changed when the clock began.
    this.chooseMerge(0);
  }

  get complete(): boolean {
    return this.searchable.complete;
  }

  get offset(): number {
    return this.searchable.offset;
  }

  get pendingBytes(): number {
    return this.pending.sizeBytes;
  }

  get segments(): number {
    return this.searchable.segments.length;
  }

  /** Whether a search waits for entries that were taken and are not searchable. */
  get wanted(): boolean {
    // It is asked of every shard that has work, before each piece of it.
    if (this.wantedOffsets.size === 0) return false;
    for (const offset of this.wantedOffsets) if (offset <= this.takenOffset) return true;
    return false;
  }

  /**
   * Takes a batch, or stands still before it: what came before becomes searchable at the next refresh.
   * @returns how many documents were put
   */
  take(batch: OffsetBatch, now: number): number {
    const lastOffset = batch.firstOffset + batch.count - 1;
    if (this.stopped !== null || lastOffset <= this.takenOffset) return 0;
    try {
      const documents = this.pending.take(batch, this.takenOffset);
      this.takenOffset = lastOffset;
      this.batches.push(batch);
      this.pendingSince ??= now;
      return documents;
    } catch (error) {
      this.stopped = stopAt(batch.firstOffset, error);
      // It may have taken a part of the batch.
      this.pending = this.engine.newPending();
      for (const taken of this.batches) this.pending.take(taken, this.offset);
      return 0;
    }
  }

  resume(): void {
    this.stopped = null;
    this.forgetPending();
    this.takenOffset = this.offset;
  }

  want(offset: number): void {
    if (offset <= this.offset) return;
    if (this.wantedOffsets.size >= wantedMax) this.wantedOffsets.clear();
    this.wantedOffsets.add(offset);
  }

  /** Makes all that is pending searchable, up to a batch of which nothing can be made: it stands still before that. */
  refresh(now: number): Publication {
    try {
      this.makeSearchable(this.pending, this.takenOffset);
    } catch {
      // One by one shows which batch it is.
      this.makeSearchableOneByOne();
    }
    this.forgetPending();
    for (const offset of this.wantedOffsets) if (offset <= this.offset) this.wantedOffsets.delete(offset);
    return this.changed(now);
  }

  private makeSearchable(pending: P, upTo: number): void {
    const { segments, history, offset: after } = this.searchable;
    const { kept, added, changes } = this.engine.makeSearchable(this.fields, segments, pending, history);
    if (changes !== null) {
      history.take(changes);
      if (changes.outcomes.length > 0) this.unpublished.push(changes.outcomes);
    }
    const next = added === null ? kept : [...kept, this.number(added)];
    const skipped = withSkipped(this.searchable.skipped, this.batches, { after, upTo });
    const unrouted = this.searchable.unrouted && pending.hasRouted === false;
    this.searchable = { ...this.searchable, offset: upTo, segments: next, skipped, unrouted };
  }

  private makeSearchableOneByOne(): void {
    for (const batch of this.batches) {
      const pending = this.engine.newPending();
      try {
        pending.take(batch, this.offset);
        this.makeSearchable(pending, batch.firstOffset + batch.count - 1);
      } catch (error) {
        this.stopped = stopAt(batch.firstOffset, error);
        this.takenOffset = this.offset;
        return;
      }
    }
  }

  private forgetPending(): void {
    this.pending = this.engine.newPending();
    this.batches = [];
    this.pendingSince = null;
  }

  /** Merges the segments that are most worth it into one. Nothing becomes searchable by it, and nothing is lost. */
  merge(now: number): Publication {
    const chosen = chooseMerge(this.searchable.segments.map(mergeCandidate));
    if (chosen === null) throw new Error('no merge is due');
    return this.mergeRun(chosen[0]!, chosen.length, now);
  }

  /** The same for segments that cost nothing but what every segment costs a search. */
  settle(now: number): Publication {
    const chosen = chooseSettlingMerge(this.searchable.segments.map(mergeCandidate));
    if (chosen === null) throw new Error('no merge is due');
    return this.mergeRun(chosen[0]!, chosen.length, now);
  }

  /**
   * Merges the newest segments that are on no disk yet, or returns null where that is not worth it: one file takes one
   * fsync, and many small ones would cost the indexing thread more time than merging them.
   */
  mergeUnwritten(now: number): Publication | null {
    const { segments } = this.searchable;
    let start = segments.length;
    let sizeBytes = 0;
    while (start > 0 && !this.written.hasSegment(segments[start - 1]!.id)) {
      sizeBytes += segments[start - 1]!.live.segment.sizeBytes;
      if (sizeBytes > unwrittenBytesMax) break;
      start--;
    }
    const count = segments.length - start;
    return count < 2 ? null : this.mergeRun(start, count, now);
  }

  private mergeRun(start: number, count: number, now: number): Publication {
    const next = [...this.searchable.segments];
    const inputs = next.slice(start, start + count).map(({ live }) => live);
    const merged = this.engine.merge(this.fields, inputs);
    next.splice(start, count, this.number(undeleted(this.engine.open(merged))));
    this.searchable = { ...this.searchable, segments: next };
    return this.changed(now);
  }

  /** The replica has caught up with the log. */
  markComplete(now: number): void {
    if (this.searchable.complete) return;
    this.searchable = { ...this.searchable, complete: true };
    this.dirtySince ??= now;
    this.chooseMerge(now);
  }

  /** Makes the files hold what is searchable. Throws what the file system throws; the files are as good as before then. */
  commit(): void {
    // It deletes what is left itself; where it fails, what is known to be written is ahead of the manifest.
    this.untidy = false;
    writeReplica(this.place, this.searchable, this.written, () => this.nextId++);
    this.dirtySince = null;
  }

  tidy(): void {
    this.untidy = false;
    deleteLeftovers(this.place.folder, this.written);
  }

  /** After a commit that failed: try again as if the change had just happened. */
  postponeCommit(now: number): void {
    this.dirtySince = now;
  }

  /** With all outcomes that are remembered. */
  publication(): Publication {
    const outcomes = this.searchable.history.outcomes.rows();
    this.unpublished = [];
    return outcomes.length === 0 ? this.snapshot() : { ...this.snapshot(), outcomes: outcomes.slice() };
  }

  private snapshot(): Publication {
    const segments = this.searchable.segments.map(({ id, live }) => {
      return { id, buffer: live.segment.buffer, deleted: live.deleted, liveCount: live.liveCount };
    });
    const { skipped, unrouted } = this.searchable;
    const columns = this.engine.columnsOf?.(this.searchable.segments.map(({ live }) => live.segment));
    return {
      segments,
      offset: this.offset,
      ...(skipped.length === 0 ? {} : { skipped }),
      ...(columns === undefined ? {} : { columns }),
      ...(unrouted ? { unrouted } : {}),
    };
  }

  private changed(now: number): Publication {
    this.dirtySince ??= now;
    this.chooseMerge(now);
    const outcomes = this.unpublished;
    this.unpublished = [];
    if (outcomes.length === 0) return this.snapshot();
    return { ...this.snapshot(), outcomes: outcomes.length === 1 ? outcomes[0]! : joined(outcomes) };
  }

  private chooseMerge(now: number): void {
    const sizes = this.searchable.segments.map(mergeCandidate);
    this.mergeDue = chooseMerge(sizes) !== null;
    this.settlingSince = chooseSettlingMerge(sizes) === null ? null : now;
  }

  private number(segment: Live<S>): NumberedSegment<S> {
    return { id: this.nextId++, live: segment };
  }
}

function joined(arrays: readonly Float64Array[]): Float64Array {
  const all = new Float64Array(arrays.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const array of arrays) {
    all.set(array, at);
    at += array.length;
  }
  return all;
}

function mergeCandidate({ live: { segment, liveCount } }: NumberedSegment<StoredSegment>): MergeCandidate {
  const { documents, sizeBytes, isOutdated = false } = segment;
  return { documents, sizeBytes, live: liveCount, isOutdated };
}
