/**
 * The folder of one replica. Touches the world: the file system, synchronously, because it belongs to the indexing
 * thread, which has nobody waiting.
 *
 *     manifest.json   see manifest.ts; replaced in one step by a rename
 *     12.segment      segment number 12, written once, never changed
 *     13.keys         what is remembered of keys (keys/history-file.ts), where that is anything; written once, never changed
 *
 * A process may be killed at any moment. These files are durable before the manifest that names them takes its
 * place, and are deleted after the one that does not; so the folder opens as some state that was searchable. Should
 * the system lose the name of a file and keep the manifest, the replica is damaged, and read from the log again.
 * Files no manifest names are leftovers. They are deleted by each write, and once after a start, when nobody waits.
 */
import { closeSync, fstatSync, fsyncSync, mkdirSync, openSync, readdirSync, readFileSync, readSync } from 'node:fs';
import { linkSync, renameSync, rmSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { SheafError } from '../../shared/errors.ts';
import type { IndexKind } from '../../shared/index-kinds/index-kinds.ts';
import { header } from '../segment/layout.ts';
import { bitsetBytes } from '../columns/bitset.ts';
import { checksumOfHistory, decodeHistory, encodeHistory } from '../keys/history-file.ts';
import { KeyHistory, retention, type Retention } from '../keys/key-history.ts';
import { undeleted, type Live, type StoredSegment } from '../snapshot/stored-segment.ts';
import { decodeManifest, encodeManifest, sayKind, versionOf } from './manifest.ts';
import type { ManifestHistory, ManifestSegment } from './manifest.ts';
import type { WrittenFiles } from './written-files.ts';

/** A segment of a replica and the number that names its file. */
export interface NumberedSegment<S extends StoredSegment> {
  readonly id: number;
  readonly live: Live<S>;
}

/** What a folder holds. */
export interface ReplicaState<S extends StoredSegment> {
  readonly offset: number;
  readonly complete: boolean;
  readonly segments: readonly NumberedSegment<S>[];
  /** Up to the same offset. */
  readonly history: KeyHistory;
  /** See Manifest. */
  readonly skipped: readonly number[];
  /** See Manifest. */
  readonly unrouted: boolean;
}

/** A state as it was read from files. */
export interface FoundReplica<S extends StoredSegment> extends ReplicaState<S> {
  /** The file of the history; null where there was none. */
  readonly historyFile: ManifestHistory | null;
}

export interface ReplicaPlace {
  readonly folder: string;
  readonly indexId: string;
  readonly shard: number;
  readonly kind: IndexKind;
}

export const manifestName = 'manifest.json';

/**
 * Reads the folder; null when there is no manifest. Cost, apart from the bytes: opens the manifest and each file that it names, and
 * writes nothing, as a leaf that starts does it for each of its replicas.
 * @throws SheafError SEGMENT_CORRUPT when a file is damaged or missing
 */
export function readReplica<S extends StoredSegment>(
  place: ReplicaPlace,
  open: (buffer: SharedArrayBuffer) => S,
  kept: Retention = retention,
): FoundReplica<S> | null {
  const text = readText(join(place.folder, manifestName));
  if (text === null) return null;
  const manifest = decodeManifest(text, place);
  const { offset, complete, segments, history: historyFile = null, skipped = [] } = manifest;
  return {
    offset,
    complete,
    segments: segments.map((segment) => readSegment(place.folder, segment, open)),
    history: historyFile === null ? new KeyHistory(kept) : readHistory(place.folder, historyFile, kept),
    historyFile,
    skipped,
    unrouted: manifest.unrouted === true,
  };
}

/**
 * Makes the folder hold this state, durably. Files that are there already are not written again.
 * @param nextId a number that no file of the replica has had
 */
export function writeReplica(
  place: ReplicaPlace,
  state: ReplicaState<StoredSegment>,
  written: WrittenFiles,
  nextId: () => number,
): void {
  mkdirSync(place.folder, { recursive: true });
  for (const { id, live } of state.segments) {
    if (written.hasSegment(id)) continue;
    writeDurably(join(place.folder, fileName(id)), new Uint8Array(live.segment.buffer));
    written.addSegment(id);
  }
  if (state.history.isEmpty) written.dropHistory();
  const history = state.history.isEmpty ? null : (written.historyOf(state.history) ?? writeHistory());
  writeManifest(place, state, history);
  written.keepSegments(state.segments);
  deleteLeftovers(place.folder, written);

  function writeHistory(): ManifestHistory {
    const bytes = encodeHistory(state.history);
    const file = { id: nextId(), checksum: checksumOfHistory(bytes) };
    writeDurably(join(place.folder, historyName(file)), bytes);
    written.addHistory(file, state.history);
    return file;
  }
}

export function deleteReplica(place: Pick<ReplicaPlace, 'folder'>): void {
  rmSync(place.folder, { recursive: true, force: true });
}

/**
 * Puts a folder that was copied from another leaf in the place of the replica's, durably, in one step: before it the old
 * files are there or none, after it the new.
 */
export function installReplica(place: Pick<ReplicaPlace, 'folder'>, copied: string): void {
  deleteReplica(place);
  mkdirSync(dirname(place.folder), { recursive: true });
  renameSync(copied, place.folder);
  syncFolder(dirname(place.folder));
}

/**
 * Gives the files of the replica further names in another folder, so that what a merge deletes is there until these are
 * deleted too. Nothing is copied: no file is ever changed, and the manifest is replaced by another.
 * @throws what the file system throws; also where no manifest was ever written
 */
export function holdReplica({ folder }: Pick<ReplicaPlace, 'folder'>, held: string): void {
  mkdirSync(held, { recursive: true });
  linkSync(join(folder, manifestName), join(held, manifestName));
  for (const name of readdirSync(folder)) {
    if (name !== manifestName && !name.endsWith('.tmp')) linkSync(join(folder, name), join(held, name));
  }
}

function writeManifest(place: ReplicaPlace, state: ReplicaState<StoredSegment>, history: ManifestHistory | null): void {
  const { indexId, shard, kind } = place;
  const segments = state.segments.map(describe);
  const { offset, complete } = state;
  const { skipped, unrouted } = state;
  const named = { ...(history === null ? {} : { history }), ...(skipped.length === 0 ? {} : { skipped }) };
  const text = encodeManifest({
    formatVersion: versionOf(named),
    indexId,
    shard,
    ...sayKind(kind),
    offset,
    complete,
    segments,
    ...named,
    ...(unrouted ? { unrouted } : {}),
  });
  const path = join(place.folder, manifestName);
  writeDurably(`${path}.tmp`, Buffer.from(text));
  renameSync(`${path}.tmp`, path);
  syncFolder(place.folder);
}

function describe({ id, live }: NumberedSegment<StoredSegment>): ManifestSegment {
  const { deleted, liveCount, segment } = live;
  const bytes = deleted && Buffer.from(deleted.buffer, deleted.byteOffset, deleted.byteLength);
  return { id, checksum: checksumOf(segment.buffer), deleted: bytes && bytes.toString('base64'), liveCount };
}

function readSegment<S extends StoredSegment>(
  folder: string,
  described: ManifestSegment,
  open: (buffer: SharedArrayBuffer) => S,
): NumberedSegment<S> {
  const { id, checksum, deleted, liveCount } = described;
  const segment = open(readShared(join(folder, fileName(id))));
  if (checksumOf(segment.buffer) !== checksum) throw corrupt(fileName(id), 'another segment');
  if (deleted === null) return { id, live: undeleted(segment) };
  const bitset = new Uint32Array(new SharedArrayBuffer(bitsetBytes(segment.documents)));
  const bytes = Buffer.from(deleted, 'base64');
  if (bytes.length !== bitset.byteLength) throw corrupt(fileName(id), 'size of the set of deletions');
  new Uint8Array(bitset.buffer).set(bytes);
  return { id, live: { segment, deleted: bitset, liveCount } };
}

function readHistory(folder: string, file: ManifestHistory, kept: Retention): KeyHistory {
  const bytes = new Uint8Array(readShared(join(folder, historyName(file))));
  const history = decodeHistory(bytes, kept);
  if (checksumOfHistory(bytes) !== file.checksum) throw corrupt(historyName(file), 'another history');
  return history;
}

function readShared(path: string): SharedArrayBuffer {
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch (error) {
    throw isMissing(error) ? corrupt(path, 'missing') : error;
  }
  try {
    const bytes = new Uint8Array(new SharedArrayBuffer(fstatSync(file).size));
    for (let at = 0; at < bytes.length;) {
      const count = readSync(file, bytes, at, Math.min(bytes.length - at, ioBytesMax), at);
      if (count === 0) throw corrupt(path, 'shorter than its size');
      at += count;
    }
    return bytes.buffer;
  } finally {
    closeSync(file);
  }
}

/** Systems take at most 2 GiB in one call. */
const ioBytesMax = 1 << 30;

function writeDurably(path: string, bytes: Uint8Array): void {
  const file = openSync(path, 'w');
  try {
    for (let at = 0; at < bytes.length;) at += writeSync(file, bytes, at, Math.min(bytes.length - at, ioBytesMax));
    fsyncSync(file);
  } catch (error) {
    // What did fit is of no use, and on a full disk others need the room.
    rmSync(path, { force: true });
    throw error;
  } finally {
    closeSync(file);
  }
}

function syncFolder(folder: string): void {
  const file = openSync(folder, 'r');
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** Deletes what the manifest does not name. */
export function deleteLeftovers(folder: string, { segmentIds, historyFile }: WrittenFiles): void {
  const kept = new Set([manifestName, ...segmentIds.map(fileName)]);
  if (historyFile !== null) kept.add(historyName(historyFile));
  for (const name of readdirSync(folder)) {
    if (!kept.has(name)) rmSync(join(folder, name), { recursive: true, force: true });
  }
}

function readText(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
}

function fileName(id: number): string {
  return `${id}.segment`;
}

function historyName({ id }: ManifestHistory): string {
  return `${id}.keys`;
}

function checksumOf(buffer: SharedArrayBuffer): string {
  return new DataView(buffer).getBigUint64(header.checksum, true).toString(16);
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}

function corrupt(file: string, reason: string): SheafError {
  return new SheafError('SEGMENT_CORRUPT', { detail: { file, reason } });
}
