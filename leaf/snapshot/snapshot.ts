/**
 * What searches see of a replica of a document index at one moment: immutable segments and immutable sets of deletions. A writer
 * publishes a new snapshot; searches that run go on with the one they hold.
 */
import { bitsetBytes, countBits, hasBit, setBit } from '../columns/bitset.ts';
import { sourceAt } from '../documents/stored.ts';
import { Outcomes } from '../keys/outcomes.ts';
import type { IndexKind } from '../../shared/index-kinds/index-kinds.ts';
import type { Segment } from '../segment/open.ts';
import { undeleted, type Live } from './stored-segment.ts';

export type LiveSegment = Live<Segment>;

export interface Snapshot {
  /** Of the index: rows of a roll-up are documents too. */
  readonly kind: IndexKind;
  /** In the order of the log: every offset of one is below every offset of the next. */
  readonly segments: readonly LiveSegment[];
  /** Highest log offset that is searchable, −1 before the first. */
  readonly offset: number;
  /** Live documents. */
  readonly documents: number;
  /** Of judged entries, those up to `offset` among them. Later ones are added, and the oldest forgotten. */
  readonly outcomes: Outcomes;
}

const noOutcomes = new Outcomes(0);

export const emptySnapshot: Snapshot = {
  kind: 'document',
  segments: [],
  offset: -1,
  documents: 0,
  outcomes: noOutcomes,
};

export interface SnapshotOptions {
  readonly kind?: IndexKind;
  readonly outcomes?: Outcomes;
}

export function makeSnapshot(
  segments: readonly LiveSegment[],
  offset: number,
  { kind = 'document', outcomes = noOutcomes }: SnapshotOptions = {},
): Snapshot {
  return { kind, segments, offset, documents: segments.reduce((sum, live) => sum + live.liveCount, 0), outcomes };
}

/** A segment with nothing deleted. */
export const liveSegment: (segment: Segment) => LiveSegment = undeleted;

/**
 * The segment with more documents deleted; documents deleted already may be named again. The set is a copy, in
 * shared memory so that other threads may read it.
 */
export function withDeleted(live: LiveSegment, docIds: Iterable<number>): LiveSegment {
  const { documents } = live.segment;
  const deleted = new Uint32Array(new SharedArrayBuffer(bitsetBytes(documents)));
  if (live.deleted !== null) deleted.set(live.deleted);
  for (const docId of docIds) {
    if (docId < 0 || docId >= documents) throw new RangeError(`docId ${docId} of ${documents}`);
    setBit(deleted, docId);
  }
  const count = countBits(deleted);
  return count === 0 ? liveSegment(live.segment) : { segment: live.segment, deleted, liveCount: documents - count };
}

export function isDeleted(live: LiveSegment, docId: number): boolean {
  return live.deleted !== null && hasBit(live.deleted, docId);
}

/** Where the live document of a key is, or null. Cost: one hash lookup a segment. */
function locateDocument(
  snapshot: Snapshot,
  key: string,
): { readonly live: LiveSegment; readonly docId: number } | null {
  for (let i = snapshot.segments.length - 1; i >= 0; i--) {
    const live = snapshot.segments[i]!;
    const docId = live.segment.keys.docIdOfKey(key);
    if (docId >= 0 && !isDeleted(live, docId)) return { live, docId };
  }
  return null;
}

/**
 * Where the document of a log offset is, whether it lives or was replaced or deleted and not dropped by a merge yet; else
 * null. Cost: a binary search, of one segment but where merges have left segments that overlap.
 */
export function locateOffset(
  { segments }: Snapshot,
  offset: number,
): { readonly segment: Segment; readonly docId: number } | null {
  for (const { segment } of segments) {
    const docId = positionOf(segment.offsets, offset);
    if (docId >= 0) return { segment, docId };
  }
  return null;
}

/** @param ascending without doubles @returns −1 where it is not among them */
function positionOf(ascending: Float64Array, value: number): number {
  let low = 0;
  let high = ascending.length - 1;
  if (high < 0 || value > ascending[high]!) return -1;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (ascending[middle]! < value) low = middle + 1;
    else high = middle;
  }
  return ascending[low] === value ? low : -1;
}

/** The live document of a key, or null. The source is a view of the segment. */
export function findDocument(
  snapshot: Snapshot,
  key: string,
): { readonly offset: number; readonly version: number; readonly source: Uint8Array } | null {
  const found = locateDocument(snapshot, key);
  if (found === null) return null;
  const { docId } = found;
  const { offsets, versions, sources } = found.live.segment;
  return { offset: offsets[docId]!, version: versions.at(docId), source: sourceAt(sources, docId) };
}
