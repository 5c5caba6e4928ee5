/**
 * What pending entries make of the documents there are: the documents after them, the older ones that are gone, and what is
 * to be remembered of keys. Whatever is pending together, the same comes of the same entries: an entry is judged by
 * what came before it in the log and by nothing else.
 */
import { judge } from '../../shared/judge/judge.ts';
import { deleteAt, putAt, versionAfter, versionOf, type KeyState } from '../../shared/judge/key-state.ts';
import { sourceAt } from '../documents/stored.ts';
import type { SegmentDocument } from '../segment/build.ts';
import type { KeyChanges, KeyHistory, LogPlace, Tombstone } from '../keys/key-history.ts';
import { Outcomes } from '../keys/outcomes.ts';
import type { Segment } from '../segment/open.ts';
import { LiveKeys } from './live-keys.ts';
import type { Pending, PendingPut, PendingStep } from './pending.ts';
import type { NumberedSegment } from './replica-files.ts';

export interface Folded {
  /** The segments without the documents that are gone; one without documents is dropped. */
  readonly kept: NumberedSegment<Segment>[];
  /** Offsets ascending. */
  readonly documents: readonly SegmentDocument[];
  readonly changes: KeyChanges;
}

/**
 * Cost: a look-up of each key, as for a put; of a key that was not only put, a few steps an entry, and where a patch is judged
 * what reading the document before it costs.
 */
export function foldEntries(
  segments: readonly NumberedSegment<Segment>[],
  history: KeyHistory,
  pending: Pending,
): Folded {
  const fold = new Fold(segments, history);
  for (const step of pending.steps) fold.step(step, pending.putsBefore.get(step.key) ?? null);
  const puts = [...pending.puts.values()];
  for (const put of puts) fold.put(put);
  return fold.finish(puts);
}

/** A key whose entries are followed one by one. */
interface FollowedKey {
  /** Before the entries. */
  readonly before: KeyState;
  now: KeyState;
  /** Where `now` is deleted, which deletion it was. */
  deletion: number;
}

class Fold {
  private readonly history: KeyHistory;
  private readonly live: LiveKeys;
  private readonly hasTombstones: boolean;
  private readonly followed = new Map<string, FollowedKey>();
  /** Log offsets of the entries that left a tombstone, ascending. */
  private readonly deletedAt: number[] = [];
  private readonly outcomes: Outcomes;
  private lastOffset = -1;

  constructor(segments: readonly NumberedSegment<Segment>[], history: KeyHistory) {
    this.history = history;
    this.hasTombstones = history.hasTombstones;
    this.live = new LiveKeys(segments);
    this.outcomes = new Outcomes(history.retention.outcomesMax);
  }

  /** The last put of a key that was only put. */
  put(put: PendingPut): void {
    if (this.live.find(put.key)) {
      put.version = versionAfter(this.live.segment.versions.at(this.live.docId), put.version);
      this.live.replace();
    } else if (this.hasTombstones && this.history.tombstoneOf(put.key) !== undefined) {
      const before = this.history.stateOf(put.key, this.placeAt(put.first ?? put.offset));
      put.version = versionAfter(versionOf(before), put.version);
    }
  }

  /** The next entry, in the order of the log. @param putBefore the last pending put of the key before its first step */
  step(step: PendingStep, putBefore: PendingPut | null): void {
    let key = this.followed.get(step.key);
    if (key === undefined) this.followed.set(step.key, (key = this.follow(step, putBefore)));
    const before = this.asKnownAt(key, step.offset);
    const after = this.apply(before, step);
    if (after !== before && after.kind === 'deleted') {
      this.deletedAt.push(step.offset);
      key.deletion = this.history.deletions + this.deletedAt.length;
    }
    key.now = after;
    this.lastOffset = step.offset;
  }

  /** @param puts of the keys that were only put */
  finish(puts: readonly PendingPut[]): Folded {
    const documents: SegmentDocument[] = [];
    const buried: [key: string, tombstone: Tombstone][] = [];
    for (const [key, followed] of this.followed) this.settle(key, followed, documents, buried);
    const changes: KeyChanges = {
      buried: buried.sort(([, a], [, b]) => a.deletion - b.deletion),
      outcomes: this.outcomes.rows().slice(),
      after: this.placeAt(Math.max(this.lastOffset, puts.at(-1)?.offset ?? -1) + 1),
    };
    return { kept: this.live.rest(), documents: inOrder(puts, documents), changes };
  }

  private settle(
    key: string,
    { before, now, deletion }: FollowedKey,
    documents: SegmentDocument[],
    buried: [key: string, tombstone: Tombstone][],
  ): void {
    if (now === before) return;
    if (before.kind === 'live' && this.live.find(key)) this.live.replace();
    // Absent again is what was deleted, and forgotten, by entries that were all pending.
    if (now.kind === 'deleted') {
      const { version, sequence, origin } = now;
      buried.push([key, { version, sequence, origin, deletion }]);
    }
    if (now.kind !== 'live') return;
    documents.push({ key, offset: now.sequence, source: now.source(), version: now.version, origin: now.origin });
  }

  private follow({ key, offset }: PendingStep, put: PendingPut | null): FollowedKey {
    const before = this.stateBefore(key, put?.first ?? put?.offset ?? offset);
    const deletion = this.history.tombstoneOf(key)?.deletion ?? 0;
    if (put === null) return { before, now: before, deletion };
    const version = versionAfter(versionOf(before), put.version);
    const now = putAt(before, () => put.source, put.offset, { version });
    return { before, now, deletion };
  }

  private stateBefore(key: string, offset: number): KeyState {
    if (!this.live.find(key)) return this.history.stateOf(key, this.placeAt(offset));
    const { docId, segment } = this.live;
    return {
      kind: 'live',
      version: segment.versions.at(docId),
      sequence: segment.offsets[docId]!,
      origin: segment.origins.at(docId),
      source: () => sourceAt(segment.sources, docId),
    };
  }

  /** A tombstone that was made by an entry before this one may be forgotten by now. */
  private asKnownAt({ now, deletion }: FollowedKey, offset: number): KeyState {
    if (now.kind !== 'deleted') return now;
    return this.history.isRemembered({ ...now, deletion }, this.placeAt(offset)) ? now : { kind: 'absent' };
  }

  private apply(before: KeyState, step: PendingStep): KeyState {
    switch (step.kind) {
      case 'put':
        return putAt(before, () => step.source, step.offset);
      case 'delete':
        return deleteAt(before, step.offset);
      case 'judged': {
        const { outcome, after } = judge(before, step.change, step.offset);
        this.outcomes.add(step.offset, outcome);
        return after;
      }
    }
  }

  private placeAt(offset: number): LogPlace {
    return { offset, deletions: this.history.deletions + countBelow(this.deletedAt, offset) };
  }
}

/** @param puts, documents each with its own keys; of `puts` the offsets ascend */
function inOrder(puts: readonly PendingPut[], documents: readonly SegmentDocument[]): readonly SegmentDocument[] {
  return documents.length === 0 ? puts : [...puts, ...documents].sort((a, b) => a.offset - b.offset);
}

function countBelow(ascending: readonly number[], value: number): number {
  let low = 0;
  let high = ascending.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (ascending[middle]! < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
