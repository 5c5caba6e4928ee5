/**
 * An entry of the partition of sources: an entry of kind put, whose body is JSON. Every reader decides alike, from the entries before it,
 * whether one is valid: see source-table.ts. Pure.
 */
import type { ErrorBody } from '../errors.ts';
import { isArrayOf } from '../json/is-array-of.ts';
import { isCount } from '../json/is-count.ts';
import { isObject } from '../json/read-object.ts';
import { limits } from '../limits.ts';
import type { EntryKind } from '../log/batch.ts';
import { invalidBody, readVersioned, writeVersioned, type EntryFields } from '../log/versioned-body.ts';

/** What became of messages, by how many. */
export const sourceCounts = [
  /** Put, or counted in a roll-up. */
  'documents',
  /** Tombstones. */
  'deletions',
  /** That are no documents: in the topic of dead letters. */
  'deadLetters',
  /** That Kafka no longer had when they were to be read; offsets, as nobody knows what was there. */
  'missed',
  /** Offsets that came again to a partition, and were read before it was truncated, as far as is known; there may be no message at some. */
  'leftOut',
] as const;
export type SourceCount = (typeof sourceCounts)[number];
export type SourceCounts = Readonly<Record<SourceCount, number>>;

export const noCounts: SourceCounts = Object.fromEntries(sourceCounts.map((name) => [name, 0])) as SourceCounts;

/** The lane in which dead letters are replayed: any other is a partition of the topic. */
export const replayLane = -1;

/** How far a lane has come: a partition of the topic, or the dead letters. */
export interface Lane {
  /** A UUID: of another topic of the same name offsets say nothing. */
  readonly topicId: string;
  /** The offset that is read next. */
  readonly next: number;
  readonly counts: SourceCounts;
  /** Why it stands still, or null. */
  readonly stands: ErrorBody | null;
  /** How many offsets are left out once it goes on: somebody had it do so though its partition was truncated. Counted by its next step. */
  readonly leavesOut: number;
}

/** Dead letters are read up to `until`, where somebody has asked for it. */
export interface Replay extends Lane {
  readonly until: number;
  /**
   * By topic, partition and how often they were replayed before: the last offset of which a letter was replayed. They are written in the order of
   * their offsets, so that one that is not above it is a letter that was written twice.
   */
  readonly highest: Readonly<Record<string, number>>;
}

/** What is known of a source beside its definition, the same for every reader. */
export interface SourceState {
  /** See SourceDefinition. */
  readonly id: number;
  readonly wanted: SourceWanted;
  /** Why nothing of it is read, or null. */
  readonly stands: ErrorBody | null;
  /** How many partitions the topic had when the first of them was begun; null before that. */
  readonly partitions: number | null;
  /** By partition of the topic; null for one that was not begun. */
  readonly lanes: readonly (Lane | null)[];
  /** Null before the first. */
  readonly replay: Replay | null;
}

export const sourceWanted = ['run', 'pause'] as const;
export type SourceWanted = (typeof sourceWanted)[number];

/** What is written of the messages `from` up to `next` stands in one append with it. */
export interface SourceStep {
  readonly entry: 'step';
  readonly source: number;
  readonly lane: number;
  readonly topicId: string;
  /** Where the step follows on; of two that follow on the same the first in the log counts. */
  readonly from: number;
  readonly next: number;
  readonly counts: Partial<SourceCounts>;
  /** Of a replay: see Replay. */
  readonly highest?: Readonly<Record<string, number>>;
}

export type SourceEntry =
  /** Where a partition is begun; the first counts. */
  | {
      readonly entry: 'begin';
      readonly source: number;
      readonly lane: number;
      readonly topicId: string;
      readonly next: number;
      /** How many the topic has. */
      readonly partitions: number;
    }
  | SourceStep
  /** Why a lane stands still, or the source where there is no lane; null: it goes on. */
  | {
      readonly entry: 'stand';
      readonly source: number;
      readonly lane: number | null;
      readonly error: ErrorBody | null;
    }
  | { readonly entry: 'control'; readonly source: number; readonly wanted: SourceWanted }
  /** Dead letters are to be replayed up to there. */
  | { readonly entry: 'replay'; readonly source: number; readonly topicId: string; readonly until: number }
  /** Of sources that were deleted. */
  | { readonly entry: 'forget'; readonly sources: readonly number[] }
  /** All that is known, so that what stands before it need not be read. */
  | { readonly entry: 'checkpoint'; readonly upTo: number; readonly sources: readonly SourceState[] };

/** Raised where a reader of before would decide otherwise: it then stands still before the entry. */
const version = 2;

/** The body of an entry. */
export function writeSourceEntry(entry: SourceEntry): Uint8Array {
  return writeVersioned(version, entry);
}

/** @throws SheafError BATCH_INVALID; BATCH_VERSION_UNKNOWN where a newer Sheaf wrote it */
export function readSourceEntry(kind: EntryKind, body: Uint8Array): SourceEntry {
  const fields = readVersioned(version, kind, body);
  if (!isEntry(fields)) throw invalidBody('not an entry of sources');
  return fields;
}

function isEntry(fields: EntryFields): fields is EntryFields & SourceEntry {
  const { entry, source, lane, topicId, next, from, counts, highest, until, partitions } = fields;
  switch (entry) {
    case 'begin':
      return (
        isCount(source) && isPartition(lane) && typeof topicId === 'string' && isCount(next) && isCount(partitions)
      );
    case 'step': {
      const isPlaced = isCount(source) && isLane(lane) && typeof topicId === 'string' && isCount(from) && isCount(next);
      return isPlaced && areCounts(counts) && (highest === undefined || areHighest(highest));
    }
    case 'stand':
      return isCount(source) && (lane === null || isLane(lane)) && isError(fields['error']);
    case 'control':
      return isCount(source) && isOneOf(fields['wanted'], sourceWanted);
    case 'replay':
      return isCount(source) && typeof topicId === 'string' && isCount(until);
    case 'forget':
      return areAll(fields['sources'], isCount);
    case 'checkpoint':
      return isOffset(fields['upTo']) && areAll(fields['sources'], isState);
    default:
      return false;
  }
}

function isState(value: unknown): value is SourceState {
  if (!isObject(value)) return false;
  const { id, wanted, stands, partitions, lanes, replay } = value;
  const isSound =
    isCount(id) && isOneOf(wanted, sourceWanted) && isError(stands) && (partitions === null || isCount(partitions));
  const areSound = isArrayOf(lanes, (each): each is unknown => each === null || isLaneState(each));
  return isSound && areSound && lanes.length <= limits.sourcePartitionsMax && (replay === null || isReplay(replay));
}

function isLaneState(value: unknown): boolean {
  if (!isObject(value)) return false;
  const { topicId, next, counts, stands, leavesOut } = value;
  const areWhole = areCounts(counts) && sourceCounts.every((name) => isCount((counts as EntryFields)[name]));
  return typeof topicId === 'string' && isCount(next) && isCount(leavesOut) && areWhole && isError(stands);
}

function isReplay(value: unknown): boolean {
  return (
    isLaneState(value) && isCount((value as EntryFields)['until']) && areHighest((value as EntryFields)['highest'])
  );
}

function areHighest(value: unknown): boolean {
  return isObject(value) && Object.values(value).every(isCount);
}

function areCounts(value: unknown): boolean {
  return (
    isObject(value) && Object.entries(value).every(([name, count]) => isOneOf(name, sourceCounts) && isCount(count))
  );
}

function isError(value: unknown): boolean {
  return value === null || (isObject(value) && typeof value['code'] === 'string');
}

function areAll<T>(value: unknown, isEach: (each: unknown) => each is T): boolean {
  return isArrayOf(value, isEach) && value.length <= limits.sourcesKnownMax;
}

function isPartition(value: unknown): boolean {
  return isCount(value) && value < limits.sourcePartitionsMax;
}

function isLane(value: unknown): boolean {
  return value === replayLane || isPartition(value);
}

function isOffset(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) >= -1;
}

function isOneOf(value: unknown, allowed: readonly string[]): boolean {
  return typeof value === 'string' && allowed.includes(value);
}
