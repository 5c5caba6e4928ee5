/**
 * The manifest of a replica's folder: which files make up the replica, and up to which log offset they are
 * complete. JSON, as `{"checksum": …, "manifest": …}`; the checksum is the xxh64, in hexadecimal, of the manifest's
 * own JSON, so that a flipped byte is noticed.
 */
import { SheafError } from '../../shared/errors.ts';
import { newer } from '../segment/newer.ts';
import { hash64 } from '../../shared/hashing/hash.ts';
import { limits } from '../../shared/limits.ts';
import type { IndexKind } from '../../shared/index-kinds/index-kinds.ts';

/** The highest that is known here. */
export const manifestVersion = 3;

/** The lowest of a reader that knows all that the manifest of a replica has. */
export function versionOf({ history, skipped }: { readonly history?: unknown; readonly skipped?: unknown }): number {
  if (skipped !== undefined) return 3;
  return history === undefined ? 1 : 2;
}

export interface ManifestSegment {
  /** Its number within the replica; the file's name follows from it. */
  readonly id: number;
  /** The segment's own checksum in hexadecimal: which segment this is. */
  readonly checksum: string;
  /** Bitset of deleted docIds, little-endian, base64; null when nothing is deleted. */
  readonly deleted: string | null;
  readonly liveCount: number;
}

/** The file of what is remembered of keys: see keys/history-file.ts. */
export interface ManifestHistory {
  /** Its number among the files of the replica. */
  readonly id: number;
  /** The file's own checksum in hexadecimal: which file this is. */
  readonly checksum: string;
}

export interface Manifest {
  readonly formatVersion: number;
  readonly indexId: string;
  readonly shard: number;
  /** Of the index; a document index when absent. */
  readonly kind?: IndexKind;
  /** Everything up to this log offset is in the segments. */
  readonly offset: number;
  /** Whether the replica had caught up with the log when this was written, or at some time before. */
  readonly complete: boolean;
  /** In the order of the log. */
  readonly segments: readonly ManifestSegment[];
  /** Absent where nothing is remembered. */
  readonly history?: ManifestHistory;
  /**
   * First log offsets of the batches of which nothing is in the segments as they were skipped: the last of them, ascending. A replica
   * that read such a batch before it was skipped lacks it here. Absent where there are none.
   */
  readonly skipped?: readonly number[];
  /** Present where no document that went by a routing was ever among those of the replica. Absent, that is not known. */
  readonly unrouted?: true;
}

/** With the batches up to an offset that were skipped, of those that come next. */
export function withSkipped(
  before: readonly number[],
  batches: readonly { readonly firstOffset: number; readonly skipped?: boolean }[],
  { after, upTo }: { readonly after: number; readonly upTo: number },
): readonly number[] {
  const more = batches.filter(
    ({ firstOffset, skipped }) => skipped === true && firstOffset > after && firstOffset <= upTo,
  );
  return more.length === 0
    ? before
    : [...before, ...more.map(({ firstOffset }) => firstOffset)].slice(-limits.skippedToldMax);
}

/** The kind that manifests leave out: they had no kind when there was no other. */
const kindLeftOut: IndexKind = 'document';

/** The kind of index that the replica is of. */
export function kindOf({ kind }: Manifest): IndexKind {
  return kind ?? kindLeftOut;
}

/** What the manifest of a replica says of the kind of its index. */
export function sayKind(kind: IndexKind): Pick<Manifest, 'kind'> {
  return kind === kindLeftOut ? {} : { kind };
}

export function encodeManifest(manifest: Manifest): string {
  return `${JSON.stringify({ checksum: checksumOf(manifest), manifest })}\n`;
}

/**
 * @param expected whose manifest it must be
 * @throws SheafError SEGMENT_CORRUPT when it is not as it was written, or not of this replica and version;
 *   SEGMENT_VERSION_UNKNOWN when a newer version wrote it. The checksum is that of every version.
 */
export function decodeManifest(text: string, expected: { readonly indexId: string; readonly shard: number }): Manifest {
  const { checksum, manifest } = parse(text);
  if (checksum !== checksumOf(manifest)) throw corrupt('checksum of the manifest');
  const { formatVersion, indexId, shard } = manifest;
  if (formatVersion > manifestVersion) throw newer('manifest', formatVersion, manifestVersion);
  if (formatVersion !== versionOf(manifest)) throw corrupt('format version of the manifest');
  if (indexId !== expected.indexId || shard !== expected.shard) throw corrupt('manifest of another replica');
  return manifest;
}

function parse(text: string): { checksum: string; manifest: Manifest } {
  try {
    const { checksum, manifest } = JSON.parse(text) as { checksum: string; manifest: Manifest };
    if (typeof checksum === 'string' && typeof manifest === 'object' && manifest !== null)
      return { checksum, manifest };
  } catch {
    // What the parser says of damaged bytes helps nobody.
  }
  throw corrupt('no manifest');
}

function checksumOf(manifest: Manifest): string {
  return hash64(JSON.stringify(manifest)).toString(16);
}

function corrupt(reason: string): SheafError {
  return new SheafError('SEGMENT_CORRUPT', { detail: { reason } });
}
