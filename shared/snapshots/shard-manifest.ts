/**
 * What of a shard is in object storage: an object that is replaced by compare-and-swap, and names every file.
 *
 *     indexes/INDEX/SHARD/manifest               see ShardManifest; JSON under a checksum (data-folder/sealed.ts)
 *     indexes/INDEX/SHARD/files/TOKEN-NUMBER-SHA     a file: the token it was put under, which of that token, 16 digits of its SHA-256
 *     indexes/INDEX/SHARD/kept/SNAPSHOT      a manifest of before, of a snapshot that is kept: see kept-shard.ts
 *
 * A file has its uploader's token in its key, so that whoever collects what no manifest names can tell what comes after
 * it: see collect-garbage.ts.
 */
import { seal } from '../data-folder/sealed.ts';
import { isCount } from '../json/is-count.ts';
import { isObject } from '../json/read-object.ts';
import type { Token } from '../lease/fence.ts';
import type { FileContent } from '../storage/object-store.ts';
import { isToken } from './is-token.ts';
import { corruptObject, unsealObject } from './sealed-object.ts';

/** The highest that is known here. */
export const shardManifestVersion = 1;

export interface ShardPlace {
  readonly indexId: string;
  readonly shard: number;
}

export interface ManifestFile extends FileContent {
  /** In the folder of a replica. */
  readonly name: string;
  /** Of its object, after `files/`. */
  readonly key: string;
}

export interface ShardManifest extends ShardPlace {
  readonly formatVersion: number;
  /** One more at each replacement: no two states are alike. */
  readonly number: number;
  /** Of the lease under which it was written. Its `log` is the log that the offset is of. */
  readonly token: Token;
  /** Everything up to this log offset is in the files. */
  readonly offset: number;
  /** Live ones in the files. Where all shards of an index read one partition, of the whole index up to the offset. */
  readonly documents: number;
  /** Milliseconds since 1970, by the clock of the leaf that wrote it; for people. */
  readonly storedAtMs: number;
  readonly files: readonly ManifestFile[];
}

/** What the keys of all objects of shards begin with. */
export const indexesPrefix = 'indexes/';

/** What the keys of all objects of a shard begin with. */
export function shardPrefix({ indexId, shard }: ShardPlace): string {
  return `${indexesPrefix}${indexId}/${shard}/`;
}

export function manifestKey(place: ShardPlace): string {
  return `${shardPrefix(place)}manifest`;
}

/** What the keys of its files begin with. */
export function filesPrefix(place: ShardPlace): string {
  return `${shardPrefix(place)}files/`;
}

/** The lease of whoever replaces the manifest. */
export function shardLease({ indexId, shard }: ShardPlace): string {
  return `snapshot/${indexId}/${shard}`;
}

const shaDigits = 16;

/** The key of a file, after `filesPrefix`. @param number of the files that were put under this token, from 0 */
export function fileKey({ offset }: Token, number: number, { sha256 }: FileContent): string {
  return `${offset}-${number}-${sha256.slice(0, shaDigits)}`;
}

/** The offset of the token under which a file was put; undefined where the key is none of ours. */
export function tokenOffsetOf(key: string): number | undefined {
  const [, offset] = /^(\d{1,16})-\d+-[0-9a-f]{16}$/.exec(key) ?? [];
  return offset === undefined ? undefined : Number(offset);
}

export function encodeShardManifest(manifest: ShardManifest): Uint8Array {
  return Buffer.from(seal(manifest));
}

/**
 * @param expected whose it must be
 * @param path where it stands, for errors
 * @throws SheafError STORAGE_CORRUPT where it is not as it was written, or of another shard; DATA_VERSION_UNKNOWN where a
 *   newer version wrote it
 */
export function decodeShardManifest(bytes: Uint8Array, expected: ShardPlace, path: string): ShardManifest {
  const value = unsealObject(bytes, path, shardManifestVersion);
  if (!isShardManifest(value)) throw corruptObject(path, 'no manifest of a shard');
  if (value.indexId !== expected.indexId || value.shard !== expected.shard) {
    throw corruptObject(path, 'the manifest of another shard');
  }
  return value;
}

function isShardManifest(value: unknown): value is ShardManifest {
  if (!isObject(value) || value['formatVersion'] !== shardManifestVersion) return false;
  const { number, token, indexId, shard, offset, documents, storedAtMs, files } = value;
  if (
    ![number, shard, documents, storedAtMs].every(isCount) ||
    !Number.isSafeInteger(offset) ||
    typeof indexId !== 'string'
  )
    return false;
  return isToken(token) && Array.isArray(files) && files.every(isFile);
}

/** A name that could lead out of a folder is none. */
function isFile(value: unknown): value is ManifestFile {
  if (!isObject(value)) return false;
  const { name, key, sizeBytes, sha256 } = value;
  if (typeof name !== 'string' || !/^\w[\w.-]*$/.test(name)) return false;
  if (typeof key !== 'string' || tokenOffsetOf(key) === undefined) return false;
  return isCount(sizeBytes) && typeof sha256 === 'string' && /^[0-9a-f]{64}$/.test(sha256);
}
