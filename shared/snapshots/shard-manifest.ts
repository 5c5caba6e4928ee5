/**
 * What of a shard is in object storage: an object that is replaced by compare-and-swap, and names every file.
 *
 *     indexes/INDEX/SHARD/manifest               see ShardManifest; JSON under a checksum (data-folder/sealed.ts)
 *     indexes/INDEX/SHARD/files/TOKEN-NUMBER-SHA     a file: the token it was put under, which of that token, 16 digits of its SHA-256
 *
 * A file has its uploader's token in its key, so that whoever collects what no manifest names can tell what comes after
 * it: see leaf/storage/store-shard.ts.
 */
import { seal, unseal } from '../data-folder/sealed.ts';
import { SheafError } from '../errors.ts';
import { isObject } from '../json/read-object.ts';
import type { Token } from '../lease/fence.ts';
import type { FileContent } from '../storage/object-store.ts';

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
  readonly files: readonly ManifestFile[];
}

export function manifestKey({ indexId, shard }: ShardPlace): string {
  return `indexes/${indexId}/${shard}/manifest`;
}

/** What the keys of its files begin with. */
export function filesPrefix({ indexId, shard }: ShardPlace): string {
  return `indexes/${indexId}/${shard}/files/`;
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
  const value = read(bytes, path);
  const version = isObject(value) ? value['formatVersion'] : undefined;
  if (typeof version === 'number' && version > shardManifestVersion) {
    throw new SheafError('DATA_VERSION_UNKNOWN', { detail: { path, version, known: shardManifestVersion } });
  }
  if (!isShardManifest(value)) throw corrupt(path, 'no manifest of a shard');
  if (value.indexId !== expected.indexId || value.shard !== expected.shard) {
    throw corrupt(path, 'the manifest of another shard');
  }
  return value;
}

function read(bytes: Uint8Array, path: string): unknown {
  try {
    return unseal(Buffer.from(bytes).toString(), path);
  } catch {
    throw corrupt(path, 'checksum');
  }
}

function corrupt(key: string, reason: string): SheafError {
  return new SheafError('STORAGE_CORRUPT', { detail: { key, reason } });
}

function isShardManifest(value: unknown): value is ShardManifest {
  if (!isObject(value) || value['formatVersion'] !== shardManifestVersion) return false;
  const { number, token, indexId, shard, offset, files } = value;
  if (![number, shard].every(isCount) || !Number.isSafeInteger(offset) || typeof indexId !== 'string') return false;
  if (!isObject(token) || typeof token['log'] !== 'string' || typeof token['holder'] !== 'string') return false;
  return isCount(token['offset']) && Array.isArray(files) && files.every(isFile);
}

/** A name that could lead out of a folder is none. */
function isFile(value: unknown): value is ManifestFile {
  if (!isObject(value)) return false;
  const { name, key, sizeBytes, sha256 } = value;
  if (typeof name !== 'string' || !/^\w[\w.-]*$/.test(name)) return false;
  if (typeof key !== 'string' || tokenOffsetOf(key) === undefined) return false;
  return isCount(sizeBytes) && typeof sha256 === 'string' && /^[0-9a-f]{64}$/.test(sha256);
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}
