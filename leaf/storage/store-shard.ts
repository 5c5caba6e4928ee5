/**
 * Brings the files of a replica into object storage, and lets go there of what no manifest names. Touches the world through
 * the store it is given, and files.
 *
 * Two leaves may both think that they own a shard: one was paused past its lease. What keeps them apart:
 *
 * - The manifest is replaced by compare-and-swap of the version that was read, it carries the token of the lease, and no
 *   lower token replaces a higher one, nor a lower offset a higher one. So it is whole at every moment and never goes back.
 * - A manifest names files of the manifest it replaces, and files that were put under its own token.
 * - Garbage is collected by a manifest that was swapped in before: see shared/snapshots/collect-garbage.ts.
 */
import type { ShardManifest, ShardPlace, ManifestFile } from '../../shared/snapshots/shard-manifest.ts';
import { encodeShardManifest, fileKey, filesPrefix, manifestKey } from '../../shared/snapshots/shard-manifest.ts';
import { shardManifestVersion } from '../../shared/snapshots/shard-manifest.ts';
import { collectGarbage } from '../../shared/snapshots/collect-garbage.ts';
import { readManifest } from '../../shared/snapshots/read-manifest.ts';
import { Fence, type Token } from '../../shared/lease/fence.ts';
import type { FileContent, ObjectStore, TransferOptions } from '../../shared/storage/object-store.ts';

/** A file of a replica that stays as it is until all is done. */
export interface LocalFile extends FileContent {
  readonly name: string;
  readonly path: string;
}

export interface StoreShardOptions extends ShardPlace, TransferOptions {
  readonly store: ObjectStore;
  /** The token of the lease, as long as it is held. @throws SheafError LEASE_LOST */
  readonly require: () => Token;
  /** Asked right before anything is replaced or removed: that the place is this cluster's. @throws SheafError as ProvedPlace.confirm */
  readonly confirm: () => Promise<void>;
  /** What the files hold of the log. */
  readonly offset: number;
  /** See ShardManifest. */
  readonly documents: number;
  /** Milliseconds since 1970. */
  readonly timeOfDay: () => number;
  readonly files: readonly LocalFile[];
}

export interface StoredShard {
  readonly manifest: ShardManifest;
  /** Of files that were not there before. */
  readonly sentBytes: number;
  readonly sentFiles: number;
  readonly collectedFiles: number;
}

/**
 * Resolves when the store has the files, or has later ones already: then nothing is sent.
 * @throws SheafError LEASE_LOST, LEASE_FENCED, LEASE_OF_OTHER_LOG, STORAGE_CONFLICT where another was quicker; what `confirm` and the store
 *   throw. The manifest names what it named before, or all of the files.
 */
export async function storeShard(options: StoreShardOptions): Promise<StoredShard> {
  const { store, require, confirm } = options;
  const found = await readManifest(store, options);
  const before = found?.manifest ?? null;
  new Fence(before?.token ?? null).admit(require());
  if (before !== null && before.offset >= options.offset) {
    return { manifest: before, sentBytes: 0, sentFiles: 0, collectedFiles: 0 };
  }
  const { files, sent } = await putFiles(options, before);
  await confirm();
  const { indexId, shard, offset, documents, timeOfDay } = options;
  const manifest: ShardManifest = {
    formatVersion: shardManifestVersion,
    number: (before?.number ?? 0) + 1,
    token: require(),
    indexId,
    shard,
    offset,
    documents,
    storedAtMs: timeOfDay(),
    files,
  };
  await store.swap(manifestKey(options), encodeShardManifest(manifest), found?.version ?? null);
  const collectedFiles = await collectGarbage(store, manifest, confirm);
  return { manifest, sentFiles: sent.length, sentBytes: sumOf(sent), collectedFiles };
}

async function putFiles(
  options: StoreShardOptions,
  before: ShardManifest | null,
): Promise<{ files: ManifestFile[]; sent: ManifestFile[] }> {
  const { store, require, files: local } = options;
  const there = new Map(before?.files.map((file) => [`${file.sha256} ${file.sizeBytes}`, file.key]));
  const files: ManifestFile[] = [];
  const sent: ManifestFile[] = [];
  for (const { name, path, sizeBytes, sha256 } of local) {
    const known = there.get(`${sha256} ${sizeBytes}`);
    const file = { name, sizeBytes, sha256, key: known ?? fileKey(require(), sent.length, { sizeBytes, sha256 }) };
    if (known === undefined) {
      await store.putFile(filesPrefix(options) + file.key, path, file, options);
      sent.push(file);
    }
    files.push(file);
  }
  return { files, sent };
}

function sumOf(files: readonly FileContent[]): number {
  return files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
}
